/** An expert of the pack, or the absolute path of an adapter, with its weight. */
export interface MixPart {
  readonly expert: string
  readonly weight: number
}

/** Experts with weights; empty for the base alone. */
export type Mix = readonly MixPart[]

/**
 * The one spelling of a mix, for caches and logs: `none`, or experts in alphabetical order as in
 * `noise=0.3,rain=0.7`. Parts of weight 0 change nothing and are left out.
 */
export function mixKey(mix: Mix): string {
  const parts = canonical(mix).map(({ expert, weight }) => `${expert}=${weight}`)
  return parts.join(',') || 'none'
}

/** The same mix without idle parts, in alphabetical order: equal mixes merge to equal bits. */
export function canonical(mix: Mix): Mix {
  return mix
    .filter(({ weight }) => weight !== 0)
    .sort((a, b) => (a.expert < b.expert ? -1 : a.expert > b.expert ? 1 : 0))
}
