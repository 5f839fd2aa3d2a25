import { expect, test } from 'vitest'
import type { Layer } from '../../src/lora/adapter.ts'
import { truncate } from '../../src/lora/truncate.ts'
import { gap, product, randomNumbers } from '../support/layers.ts'

function randomLayer(rank: number, outputs: number, kernel: number[], spread = 0): Layer {
  const random = randomNumbers(rank + outputs)
  const inputs = kernel.reduce((all, side) => all * side, 1)
  const a = Float32Array.from(
    { length: rank * inputs },
    (_, i) => random() * 2 ** (-spread * Math.floor(i / inputs)),
  )
  const b = Float32Array.from({ length: outputs * rank }, random)
  return { rank, outputs, kernel, a, b, scale: 1 }
}

const truncated = (layer: Layer, rank: number) => truncate(new Map([['x', layer]]), rank).get('x')!

const energy = (values: Float64Array) => values.reduce((sum, value) => sum + value * value, 0)

test('a layer within the rank stays as it is', () => {
  const layer = randomLayer(4, 8, [3, 3, 3])
  expect(truncated(layer, 4)).toBe(layer)
})

test('a layer of lower true rank loses nothing', () => {
  const layer = randomLayer(4, 8, [5, 3, 3])
  // The same four rows twice: rank 8 on paper, 4 in truth.
  const inputs = 45
  const a = new Float32Array(8 * inputs)
  a.set(layer.a)
  a.set(layer.a, 4 * inputs)
  const b = Float32Array.from({ length: 64 }, (_, i) => layer.b[Math.floor(i / 8) * 4 + (i % 4)]! / 2)
  const doubled = { ...layer, rank: 8, a, b }
  const short = truncated(doubled, 4)
  expect(short).toMatchObject({ rank: 4, kernel: [5, 3, 3], outputs: 8, scale: 1 })
  expect(gap(product(short), product(layer))).toBeLessThan(1e-5)
})

test('the error shrinks with the rank and is smaller than that of dropping rows', () => {
  const layer = randomLayer(6, 10, [4, 3, 3], 1)
  const whole = product(layer)
  const errors = [1, 2, 3, 4, 5].map(rank =>
    energy(product(truncated(layer, rank)).map((v, i) => v - whole[i]!)),
  )
  for (let i = 1; i < errors.length; i++) expect(errors[i]).toBeLessThan(errors[i - 1]!)
  const dropped = { ...layer, a: layer.a.map((value, i) => (i < 3 * 36 ? value : 0)) }
  expect(errors[2]).toBeLessThan(energy(product(dropped).map((v, i) => v - whole[i]!)))
})

test.each([
  ['fewer outputs than rank', 2, [4, 3, 3]],
  ['fewer inputs than rank', 9, [3]],
])('%s', (_, outputs, kernel) => {
  const layer = randomLayer(6, outputs, kernel)
  const kept = Math.min(outputs, kernel[0]!)
  const short = truncated(layer, kept)
  expect(short.rank).toBeLessThanOrEqual(kept)
  expect(gap(product(short), product(layer))).toBeLessThan(1e-5)
})

test('a change of zero stays zero', () => {
  const layer = randomLayer(4, 6, [3, 1, 1])
  const short = truncated({ ...layer, b: layer.b.map(() => 0) }, 2)
  expect(Math.max(...product(short).map(Math.abs))).toBe(0)
})
