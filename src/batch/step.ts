import { stat } from 'node:fs/promises'
import { describe, UirError } from '../errors.ts'
import { footprint } from '../image/footprint.ts'
import { explainWrite } from '../publish.ts'
import type { Budget } from './budget.ts'
import { type Ends, isSame } from './ends.ts'
import { digest, digestOf, type Entries, type Ledger } from './journal.ts'
import type { Step } from './plan.ts'
import { type RestoreSettings, restoreBytes } from './restore.ts'
import { mixFields, type Row, scoreFields } from './row.ts'
import { isMeantAsImage } from './signature.ts'

/** What decides whether a step needs any work. */
export interface ReviewSettings {
  readonly ends: Ends
  /** Absent for a pipe, which has no earlier results. */
  readonly journal?: Entries | undefined
  /** See recipeOf. */
  readonly recipe: string
  /** Replaces results that are there already. */
  readonly overwrite: boolean
}

/** What is the same for every step of a run. */
export interface StepSettings extends RestoreSettings, ReviewSettings {
  readonly journal?: Ledger | undefined
  /** Drops what has not come to writing yet; its reason is thrown. */
  readonly signal: AbortSignal
  /** Bytes for the images that are under way. */
  readonly budget: Budget
}

/** Why there is nothing to do, or the bytes to work on. */
export type Review =
  | { readonly status: 'skipped' | 'ignored'; readonly note?: string }
  | { readonly bytes: Uint8Array; readonly content: string }

/**
 * Finds out whether a step needs any work.
 *
 * @throws {UirError} `image` when its input can't be read or its output can't be
 */
export async function reviewStep(step: Step, settings: ReviewSettings): Promise<Review> {
  const { ends, journal, recipe, overwrite } = settings
  const { input, output, inPlace } = step
  const entry = journal?.find(output)
  if (journal !== undefined && entry === undefined && !overwrite) {
    // What the journal does not know belongs to somebody: it is kept.
    const obstacle = await findObstacle(step)
    if (obstacle !== undefined) return { status: 'skipped', note: obstacle }
  }
  const bytes = await ends.read(input)
  const content = digest(bytes)
  if (entry !== undefined) {
    // A result in place is the next input.
    const isFinished = inPlace
      ? content === entry.result
      : content === entry.input && recipe === entry.recipe && (await digestOf(output)) === entry.result
    if (isFinished) return { status: 'skipped', note: 'finished before' }
  }
  if (step.found && !isMeantAsImage(bytes)) return { status: 'ignored' }
  return { bytes, content }
}

/** Carries out one step of a plan, as soon as there is memory for its image; once its result is being written, to the end. */
export async function runStep(step: Step, settings: StepSettings): Promise<Row> {
  const { budget, format } = settings
  return await budget.spend(await footprint(step.input, format), () => work(step, settings))
}

async function work(step: Step, settings: StepSettings): Promise<Row> {
  const { ends, journal, recipe, signal } = settings
  const { input, output, inPlace } = step
  const start = performance.now()
  const review = await unlessAborted(signal, reviewStep(step, settings))
  if ('status' in review) return { input, output, ...review, seconds: 0 }
  const { bytes, content } = review
  const { bytes: result, ...restored } = await unlessAborted(
    signal,
    restoreBytes(bytes, ends.name(input), settings),
  )
  const { width, height, scores, mix, changed } = restored
  const rowNow = (): Row => ({
    input,
    output,
    status: changed ? 'restored' : 'unchanged',
    width,
    height,
    scores: scoreFields(scores),
    mix: mixFields(mix),
    seconds: Number(((performance.now() - start) / 1000).toFixed(3)),
  })
  await journal?.add(output, { input: content, recipe, result: digest(result) }, rowNow())
  if (!inPlace || result !== bytes) await ends.write(step, result)
  return rowNow()
}

/** Waits for work no longer than until the signal: an encoder at work can't be stopped, only left alone. */
async function unlessAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  let abort = () => {}
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(signal.reason)
    signal.addEventListener('abort', abort)
  })
  // Whoever waited for memory may come too late to hear of it.
  if (signal.aborted) abort()
  try {
    return await Promise.race([work, aborted])
  } finally {
    signal.removeEventListener('abort', abort)
  }
}

/** Why a step is not to be carried out. */
async function findObstacle({ output, inPlace }: Step): Promise<string | undefined> {
  if (inPlace === undefined) return (await exists(output)) ? 'already there' : undefined
  const { backup } = inPlace
  const isOlder = backup !== undefined && (await exists(backup)) && !(await isSame(output, backup))
  return isOlder ? 'a backup is there already' : undefined
}

/** A place that can't be, because its name is too long or leads through a file, is known before any work. */
async function exists(path: string): Promise<boolean> {
  try {
    await stat(path)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false
    throw new UirError('image', describe(explainWrite(path, error)), undefined, { cause: error })
  }
}
