import { join } from 'node:path'
import type { Pack } from '../pack/pack.ts'
import type { Weights } from '../pack/safetensors.ts'
import { type Layers, readAdapter } from './adapter.ts'
import { concatenate } from './concatenate.ts'
import { mergeWeights } from './merge.ts'
import { canonicalMix, type Mix } from './mix.ts'

/**
 * Reads the adapters of a mix and joins them: Σ wᵢ · ΔWᵢ as one adapter of scale 1, the same bits for equal mixes.
 *
 * @param base the weights of the pack's restorer
 */
export async function readMix(pack: Pack, base: Weights, mix: Mix): Promise<Layers> {
  const parts = canonicalMix(mix).map(async ({ expert, weight }) => {
    const folder = pack.manifest.experts[expert]
    return { layers: await readAdapter(folder === undefined ? expert : join(pack.dir, folder), base), weight }
  })
  return concatenate(await Promise.all(parts))
}

/** The weights of the network that runs for a mix; for an empty one a copy of the base, bit for bit. */
export async function mixWeights(pack: Pack, base: Weights, mix: Mix): Promise<Weights> {
  return mergeWeights(base, await readMix(pack, base, mix))
}
