import type { Layer, Layers } from '../../src/lora/adapter.ts'
import type { Weights } from '../../src/pack/safetensors.ts'

/** A stream of numbers from -1 to 1 that is the same on every run (mulberry32). */
export function randomNumbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 31 - 1
  }
}

/** A random low-rank change of the modules whose names match, strong enough to be seen in the output. */
export function randomLayers(base: Weights, rank: number, seed: number, modules = /./): Layers {
  const random = randomNumbers(seed)
  const layers = new Map<string, Layer>()
  for (const [name, { shape, length }] of base.tensors) {
    const module = name.replace(/\.weight$/, '')
    if (shape.length !== 4 || module === name || !modules.test(module)) continue
    const [outputs = 0, ...kernel] = shape
    layers.set(module, {
      rank,
      kernel,
      outputs,
      a: Float32Array.from({ length: (rank * length) / outputs }, () => random() / 16),
      b: Float32Array.from({ length: rank * outputs }, () => random() / 16),
      scale: 1,
    })
  }
  return layers
}

/** B · A of one layer times its scale, in float64: what every way of adding it must agree with. */
export function product({ rank, outputs, a, b, scale }: Layer): Float64Array {
  const inputs = a.length / rank
  return Float64Array.from({ length: outputs * inputs }, (_, i) => {
    let sum = 0
    for (let row = 0; row < rank; row++) {
      sum += b[Math.floor(i / inputs) * rank + row]! * a[row * inputs + (i % inputs)]!
    }
    return scale * sum
  })
}

/** The largest difference between two arrays. */
export function gap(x: ArrayLike<number>, y: ArrayLike<number>): number {
  if (x.length !== y.length) return Number.POSITIVE_INFINITY
  let largest = 0
  for (let i = 0; i < x.length; i++) largest = Math.max(largest, Math.abs(x[i]! - y[i]!))
  return largest
}
