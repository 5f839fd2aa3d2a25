import { isOutOfMemory } from '../engine/memory.ts'
import { describe, UirError } from '../errors.ts'

export interface AttemptOptions<T, R> {
  /** Of an item, for messages. */
  readonly name: (item: T) => string
  readonly work: (item: T) => Promise<R>
  /** Turns the failure of one image into its result; the others go on. */
  readonly recover: (item: T, error: UirError) => R
  /** Set when the run ends: whatever fails then is nobody's fault. */
  readonly signal: AbortSignal
}

/**
 * Works on one item of a batch.
 *
 * @throws {UirError} whatever ends the whole run: a full disk, a broken pack
 */
export async function attempt<T, R>(
  item: T,
  { name, work, recover, signal }: AttemptOptions<T, R>,
): Promise<R> {
  try {
    return await retry(() => work(item), signal)
  } catch (error) {
    signal.throwIfAborted()
    const failure = error instanceof UirError ? error : unexpected(name(item), error)
    if (failure.code !== 'image') throw failure
    return recover(item, failure)
  }
}

/** The pool replaces a worker thread that crashed; the image that it was at deserves a second one. */
async function retry<R>(action: () => Promise<R>, signal: AbortSignal): Promise<R> {
  try {
    return await action()
  } catch (error) {
    if (error instanceof UirError || signal.aborted) throw error
    return await action()
  }
}

/** A defect that one image brings out must not cost the others. */
function unexpected(name: string, cause: unknown): UirError {
  const fix = isOutOfMemory(cause) ? 'free some memory or use fewer --jobs' : 'report this as a defect'
  return new UirError('image', `${name} failed: ${describe(cause)}`, fix, { cause })
}
