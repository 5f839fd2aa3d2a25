import { expect, test } from 'vitest'
import { openPack } from '../../src/pack/pack.ts'
import { loadBank } from '../../src/router/bank.ts'
import { scoreEmbedding } from '../../src/router/scores.ts'

const bank = {
  degradations: ['blur', 'haze'],
  dimension: 3,
  weight: Float32Array.of(1, 0, 2, -1, 0.5, 0),
  bias: Float32Array.of(0.5, -1),
}

test('a score is the sigmoid of the product with the bank row plus its bias', () => {
  const scores = scoreEmbedding(Float32Array.of(1, 2, -1), bank)
  expect(scores.map(({ degradation, logit }) => [degradation, logit])).toEqual([
    ['blur', -0.5],
    ['haze', -1],
  ])
  expect(scores[0]!.score).toBeCloseTo(1 / (1 + Math.exp(0.5)), 12)
})

test('an embedding of another length is refused', () => {
  expect(() => scoreEmbedding(Float32Array.of(1), bank)).toThrow('length 3')
})

test('the bank of the default pack has a row for each degradation', async () => {
  const pack = await openPack()
  const { degradations, dimension, weight, bias } = await loadBank(pack)
  expect(degradations).toEqual(pack.manifest.degradations)
  expect(weight).toHaveLength(degradations.length * dimension)
  expect(bias).toHaveLength(degradations.length)
})
