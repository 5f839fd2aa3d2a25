import { expect, test } from 'vitest'
import type { Selection } from '../../src/pack/manifest.ts'
import { select } from '../../src/router/selection.ts'

const probabilities = { blur: 0.2, haze: 0.62, jpeg: 0.9, noise: 0.5, rain: 0.97 }

const scores = Object.entries(probabilities).map(([degradation, score]) => ({
  degradation,
  score,
  logit: Math.log(score / (1 - score)),
}))

const selection: Selection = {
  topK: 3,
  norm: 'none',
  step: 0.1,
  thresholds: Object.fromEntries(scores.map(({ degradation }) => [degradation, 0.5])),
  importance: {},
}

const weights = (changes: Partial<Selection>) =>
  Object.fromEntries(
    select(scores, { ...selection, ...changes }).map(({ expert, weight }) => [expert, weight]),
  )

test('the top K above their thresholds keep their scores, rounded to the step', () => {
  expect(weights({})).toEqual({ rain: 1, jpeg: 0.9, haze: 0.6 })
  expect(weights({ topK: 1 })).toEqual({ rain: 1 })
  expect(weights({ topK: 9 })).toEqual({ rain: 1, jpeg: 0.9, haze: 0.6, noise: 0.5 })
  expect(weights({ step: 0.25 })).toEqual({ rain: 1, jpeg: 1, haze: 0.5 })
})

test('every degradation has its own threshold', () => {
  expect(weights({ thresholds: { ...selection.thresholds, rain: 0.98, blur: 0.1 } })).toEqual({
    jpeg: 0.9,
    haze: 0.6,
    noise: 0.5,
  })
})

test('sum shares the scores out', () => {
  expect(weights({ norm: 'sum', step: 0.001 })).toEqual({ rain: 0.39, jpeg: 0.361, haze: 0.249 })
})

test('shared out, a degradation counts by its importance; scores on their own stay as they are', () => {
  const importance = { haze: 3 }
  // 0.97 and 0.9 beside 1.86
  expect(weights({ norm: 'sum', step: 0.001, importance })).toEqual({ rain: 0.26, jpeg: 0.241, haze: 0.499 })
  expect(weights({ norm: 'none', importance })).toEqual(weights({ norm: 'none' }))
  const [plain, weighed] = [{}, importance].map(importance =>
    weights({ norm: 'softmax', step: 1e-4, importance }),
  )
  expect(weighed!.haze! / weighed!.rain!).toBeCloseTo((3 * plain!.haze!) / plain!.rain!, 1)
})

test('softmax runs over the logits that are kept', () => {
  const exponentials = [0.97, 0.9, 0.62].map(score => score / (1 - score))
  const total = exponentials.reduce((sum, value) => sum + value)
  const { rain, jpeg } = weights({ norm: 'softmax', step: 0.0001 })
  expect(rain).toBeCloseTo(exponentials[0]! / total, 3)
  expect(jpeg).toBeCloseTo(exponentials[1]! / total, 3)
})

test('a weight that rounds to nothing is dropped', () => {
  expect(weights({ norm: 'softmax', step: 0.5 })).toEqual({ rain: 1 })
})

test('an image in which nothing is detected has an empty mix', () => {
  expect(
    weights({ thresholds: Object.fromEntries(scores.map(({ degradation }) => [degradation, 1])) }),
  ).toEqual({})
})

test('logits beyond the range of exp stay finite', () => {
  const sure = [2000, 1000].map((logit, i) => ({ degradation: `d${i}`, logit, score: 1 }))
  expect(select(sure, { ...selection, norm: 'softmax', thresholds: { d0: 0.5, d1: 0.5 } })).toEqual([
    { expert: 'd0', weight: 1 },
  ])
})
