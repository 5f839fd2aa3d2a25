import { beforeAll, expect, test } from 'vitest'
import { concatenate } from '../../src/lora/concatenate.ts'
import { mixWeights } from '../../src/lora/experts.ts'
import { mergeWeights } from '../../src/lora/merge.ts'
import { openPack, type Pack, readPackWeights } from '../../src/pack/pack.ts'
import { tensorData, type Weights } from '../../src/pack/safetensors.ts'
import { gap, product, randomLayers } from '../support/layers.ts'

let pack: Pack
let base: Weights

beforeAll(async () => {
  pack = await openPack()
  base = await readPackWeights(pack, pack.manifest.restorer.weights)
})

test('weight 0 and no expert are the base, bit for bit', async () => {
  const bits = new Uint32Array(base.data.buffer)
  for (const mix of [[], [{ expert: 'rain', weight: 0 }]]) {
    const { data } = await mixWeights(pack, base, mix)
    expect(data === base.data).toBe(false)
    expect(Buffer.compare(Buffer.from(data.buffer), Buffer.from(bits.buffer))).toBe(0)
  }
})

test('a merge adds the weighted products and leaves other layers alone', () => {
  const parts = [
    { layers: randomLayers(base, 3, 1, /encoder|stem/), weight: 0.7 },
    { layers: randomLayers(base, 5, 2, /decoder|stem/), weight: -0.4 },
  ]
  const merged = mergeWeights(base, concatenate(parts))
  for (const [name, entry] of base.tensors) {
    const expected = Float64Array.from(tensorData(base, entry))
    for (const { layers, weight } of parts) {
      const layer = layers.get(name.replace(/\.weight$/, ''))
      const delta = layer === undefined ? [] : product(layer)
      for (let i = 0; i < delta.length; i++) expected[i]! += weight * delta[i]!
    }
    expect(gap(tensorData(merged, entry), expected)).toBeLessThan(1e-6)
  }
})

test('cat is the sum of the branches', () => {
  const parts = [
    { layers: randomLayers(base, 4, 3), weight: 0.3 },
    { layers: randomLayers(base, 8, 4), weight: 0.9 },
    { layers: randomLayers(base, 2, 5), weight: -1 },
  ]
  for (const [module, layer] of concatenate(parts)) {
    expect(layer.rank).toBe(14)
    const branches = parts.map(({ layers, weight }) =>
      product(layers.get(module)!).map(value => weight * value),
    )
    const sum = branches[0]!.map((value, i) => value + branches[1]![i]! + branches[2]![i]!)
    expect(gap(product(layer), sum)).toBeLessThan(1e-5)
  }
})

test('equal mixes merge to equal bits in any order', async () => {
  const mix = [
    { expert: 'rain', weight: 0.7 },
    { expert: 'noise', weight: 0.3 },
  ]
  const forth = await mixWeights(pack, base, mix)
  const back = await mixWeights(pack, base, [...mix].reverse())
  expect(gap(forth.data, back.data)).toBe(0)
})
