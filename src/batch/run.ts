import { runAhead } from '../ahead.ts'
import { isOutOfMemory } from '../engine/memory.ts'
import { describe, UirError } from '../errors.ts'

export interface BatchOptions<T, R> {
  /** Images that are under way at once: memory grows with this number and with nothing else. */
  readonly depth: number
  /** Ends the run; its reason is thrown. */
  readonly signal: AbortSignal
  /** Of an item, for messages. */
  readonly name: (item: T) => string
  readonly work: (item: T) => Promise<R>
  /** Turns the failure of one image into its result; the others go on. */
  readonly recover: (item: T, error: UirError) => R
}

/**
 * Works through a batch and yields results in the order of the items.
 *
 * @throws {UirError} whatever ends the whole run: a full disk, a broken pack, an interrupt
 */
export async function* runBatch<T, R>(
  items: Iterable<T>,
  { depth, signal, name, work, recover }: BatchOptions<T, R>,
): AsyncGenerator<R, void> {
  const running = new Set<Promise<R>>()
  try {
    yield* runAhead(items, depth, item => {
      const result = attempt(item)
      running.add(result)
      return result.finally(() => running.delete(result))
    })
  } finally {
    // What is under way may hold a file open or be about to write one: it comes to its end first.
    await Promise.allSettled(running)
  }

  async function attempt(item: T): Promise<R> {
    try {
      signal.throwIfAborted()
      return await retry(() => work(item))
    } catch (error) {
      if (signal.aborted) throw signal.reason
      const failure = error instanceof UirError ? error : unexpected(name(item), error)
      if (failure.code !== 'image') throw failure
      return recover(item, failure)
    }
  }

  /** The pool replaces a worker thread that crashed; the image that it was at deserves a second one. */
  async function retry(action: () => Promise<R>): Promise<R> {
    try {
      return await action()
    } catch (error) {
      if (error instanceof UirError || signal.aborted) throw error
      return await action()
    }
  }
}

/** A defect that one image brings out must not cost the others. */
function unexpected(name: string, cause: unknown): UirError {
  const fix = isOutOfMemory(cause) ? 'free some memory or use fewer --jobs' : 'report this as a defect'
  return new UirError('image', `${name} failed: ${describe(cause)}`, fix, { cause })
}
