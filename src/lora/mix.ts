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
  return (
    canonicalMix(mix)
      .map(({ expert, weight }) => `${expert}=${weight}`)
      .join(',') || 'none'
  )
}

/** The same mix without idle parts, in alphabetical order: equal mixes then merge to equal bits. */
export function canonicalMix(mix: Mix): Mix {
  return mix
    .filter(({ weight }) => weight !== 0)
    .sort((a, b) => (a.expert < b.expert ? -1 : a.expert > b.expert ? 1 : 0))
}

/** The mean of several mixes, as `compose --auto` takes it over photographs: an expert that a mix lacks counts 0. Four digits. */
export function meanMix(mixes: readonly Mix[]): Mix {
  const totals = new Map<string, number>()
  for (const { expert, weight } of mixes.flat()) totals.set(expert, (totals.get(expert) ?? 0) + weight)
  return [...totals].map(([expert, total]) => ({ expert, weight: Number((total / mixes.length).toFixed(4)) }))
}
