import type { Weights } from '../pack/safetensors.ts'
import type { Layer, Layers } from './adapter.ts'

/**
 * The network that runs, W = W0 + ΔW: a copy of the base with the change added.
 *
 * @param layers of scale 1, as `concatenate` makes them, read against this base
 */
export function mergeWeights(base: Weights, layers: Layers): Weights {
  const data = base.data.slice()
  for (const [module, layer] of layers) {
    const { offset, length } = base.tensors.get(`${module}.weight`)!
    addProduct(data.subarray(offset, offset + length), layer)
  }
  return { ...base, data }
}

/** Adds B · A in place; sums in float64, so that the order of the experts can't be seen in the result's last bits. */
function addProduct(weight: Float32Array, { rank, outputs, a, b }: Layer): void {
  const inputs = weight.length / outputs
  const sums = new Float64Array(inputs)
  for (let out = 0; out < outputs; out++) {
    sums.fill(0)
    for (let row = 0; row < rank; row++) {
      const factor = b[out * rank + row]!
      const start = row * inputs
      for (let i = 0; i < inputs; i++) sums[i]! += factor * a[start + i]!
    }
    const start = out * inputs
    for (let i = 0; i < inputs; i++) weight[start + i]! += sums[i]!
  }
}
