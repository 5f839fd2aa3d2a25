import { runAhead } from '../ahead.ts'
import { describe, UirError } from '../errors.ts'
import { measure } from '../image/measure.ts'
import type { Ends } from './ends.ts'
import type { Step } from './plan.ts'
import { type RestoreSettings, restoreBytes } from './restore.ts'
import { megapixelsOf, type Row } from './row.ts'
import { type ReviewSettings, reviewStep } from './step.ts'

/** What a run would do with an image. */
export interface Forecast extends Pick<Row, 'input' | 'output' | 'width' | 'height' | 'note' | 'error'> {
  readonly status: 'planned' | 'skipped' | 'ignored' | 'failed'
}

/** Larger images would make the measurement last. */
const SAMPLE_MEGAPIXELS = 12

/** Looks at a step without working on it. */
export async function forecast(step: Step, settings: ReviewSettings): Promise<Forecast> {
  const { input, output } = step
  try {
    const review = await reviewStep(step, settings)
    if ('status' in review) return { input, output, ...review }
    return { input, output, status: 'planned', ...(await measure(review.bytes)) }
  } catch (error) {
    if (!(error instanceof UirError)) throw error
    return { input, status: 'failed', error: describe(error) }
  }
}

/**
 * Restores some of the images and throws the results away.
 *
 * @returns megapixels a second; undefined when none of them could be restored
 */
export async function measureRate(
  planned: readonly Forecast[],
  ends: Ends,
  settings: RestoreSettings,
): Promise<number | undefined> {
  const { engine } = settings
  const small = planned.filter(image => image.width && megapixelsOf(image) <= SAMPLE_MEGAPIXELS)
  const count = 2 * engine.jobs
  const samples = small.filter((_, i) => i % Math.ceil(small.length / count) === 0)
  const tryOut = async (image: Forecast) => {
    const result = restoreBytes(await ends.read(image.input), image.input, settings)
    return await result.then(megapixelsOf, () => 0)
  }
  // The first time, networks start.
  for await (const _ of runAhead(samples.slice(0, engine.jobs), engine.jobs, tryOut));
  const start = performance.now()
  let megapixels = 0
  for await (const done of runAhead(samples, engine.jobs + 2, tryOut)) megapixels += done
  return megapixels > 0 ? (megapixels * 1000) / (performance.now() - start) : undefined
}
