import type { Mix } from '../lora/mix.ts'
import type { Manifest } from '../pack/manifest.ts'

/**
 * The prior of an image whose degradations somebody has named: 1 for those and 0 for the others in place of the
 * router's scores. Without it the base acts on what the router believes, and a missing region that the router takes
 * for rain stays, whatever the expert. Where the router names the same ones, its finer prior is kept, and so it is
 * when one is named that the pack doesn't want to be told.
 *
 * @param prior e, [P], of the image's route
 * @param named the degradations; undefined where nobody has, or where it isn't known
 * @param found the mix that the router's scores give
 */
export function tellPrior(
  prior: Float32Array,
  named: readonly string[] | undefined,
  found: Mix,
  { scores, told }: Manifest['router'],
): Float32Array {
  if (named === undefined || named.length === 0 || !named.every(name => told.includes(name))) return prior
  if (found.length === named.length && found.every(({ expert }) => named.includes(expert))) return prior
  const known = prior.slice()
  known.set(scores.map(degradation => (named.includes(degradation) ? 1 : 0)))
  return known
}
