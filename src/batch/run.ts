import { runAhead } from '../ahead.ts'

export interface BatchOptions<T, R> {
  /** Images that are under way at once: memory grows with this number and with nothing else. */
  readonly depth: number
  /** Ends the run; its reason is thrown. */
  readonly signal: AbortSignal
  readonly work: (item: T) => Promise<R>
}

/**
 * Works through a batch and yields results in the order of the items.
 *
 * @throws {UirError} whatever ends the whole run: a full disk, a broken pack, an interrupt
 */
export async function* runBatch<T, R>(
  items: Iterable<T>,
  { depth, signal, work }: BatchOptions<T, R>,
): AsyncGenerator<R, void> {
  const running = new Set<Promise<R>>()
  try {
    yield* runAhead(items, depth, item => {
      const result = start(item)
      running.add(result)
      return result.finally(() => running.delete(result))
    })
  } finally {
    // What is under way may hold a file open or be about to write one: it comes to its end first.
    await Promise.allSettled(running)
  }

  async function start(item: T): Promise<R> {
    signal.throwIfAborted()
    try {
      return await work(item)
    } catch (error) {
      throw signal.aborted ? signal.reason : error
    }
  }
}
