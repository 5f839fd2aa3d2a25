import type { Mix } from '../lora/mix.ts'
import type { Selection } from '../pack/manifest.ts'
import type { Norm } from '../pack/norm.ts'
import type { Score } from './scores.ts'

/**
 * Turns scores into a mix: degradations at or above their threshold, the top K of them, weighted by the norm,
 * rounded to the step so that similar images share one merged network. UIR-LoRA (arXiv 2409.20197, eq. 5) takes
 * the top K and a norm; the thresholds leave clean images alone. Where the norm shares weights out, a degradation
 * counts by its importance: half an expert for haze loses more than half an expert for JPEG artifacts.
 *
 * @returns the mix, best score first; empty when nothing is detected
 */
export function select(scores: readonly Score[], selection: Selection): Mix {
  const { thresholds, importance, topK, norm, step } = selection
  const kept = scores
    .filter(({ degradation, score }) => score >= (thresholds[degradation] ?? 1))
    .sort((a, b) => b.logit - a.logit)
    .slice(0, topK)
  const weights = WEIGH[norm](
    kept,
    kept.map(({ degradation }) => importance[degradation] ?? 1),
  )
  return kept
    .map(({ degradation }, i) => ({ expert: degradation, weight: roundTo(step, weights[i]!) }))
    .filter(({ weight }) => weight > 0)
}

const WEIGH: Record<Norm, (kept: readonly Score[], importance: readonly number[]) => number[]> = {
  none: kept => kept.map(({ score }) => score),
  sum: (kept, importance) => share(kept.map(({ score }, i) => score * importance[i]!)),
  // The largest logit comes first and is taken off, so that no exponential overflows.
  softmax: (kept, importance) =>
    share(kept.map(({ logit }, i) => Math.exp(logit - kept[0]!.logit) * importance[i]!)),
}

function share(values: readonly number[]): number[] {
  const total = values.reduce((sum, value) => sum + value, 0)
  return values.map(value => value / total)
}

/** Rounds to a multiple of the step; seven digits drop the binary noise of 3 × 0.1. */
function roundTo(step: number, value: number): number {
  return Number((Math.round(value / step) * step).toFixed(7))
}
