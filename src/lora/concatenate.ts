import type { Layer, Layers } from './adapter.ts'

/** An adapter with its weight in a mix. */
export interface WeightedLayers {
  readonly layers: Layers
  readonly weight: number
}

/**
 * The exact sum Σ wᵢ · ΔWᵢ as one adapter of scale 1 (PEFT's `cat`): the rows of A stacked, the columns of B side
 * by side, so the rank is the sum of the ranks. Weights and scales go into A.
 */
export function concatenate(parts: readonly WeightedLayers[]): Layers {
  const modules = new Set(parts.flatMap(({ layers }) => [...layers.keys()]))
  return new Map([...modules].map(module => [module, concatenateLayer(parts, module)]))
}

function concatenateLayer(parts: readonly WeightedLayers[], module: string): Layer {
  const present = parts.flatMap(({ layers, weight }) => {
    const layer = layers.get(module)
    return layer === undefined ? [] : [{ layer, factor: weight * layer.scale }]
  })
  const { kernel, outputs } = present[0]!.layer
  const rank = present.reduce((sum, { layer }) => sum + layer.rank, 0)
  const inputs = kernel.reduce((product, side) => product * side, 1)
  const a = new Float32Array(rank * inputs)
  const b = new Float32Array(outputs * rank)
  let row = 0
  for (const { layer, factor } of present) {
    a.set(
      layer.a.map(value => value * factor),
      row * inputs,
    )
    for (let out = 0; out < outputs; out++) {
      b.set(layer.b.subarray(out * layer.rank, (out + 1) * layer.rank), out * rank + row)
    }
    row += layer.rank
  }
  return { rank, kernel, outputs, a, b, scale: 1 }
}
