/**
 * Works on items ahead of the reader, at most `depth` at once, and yields the results in order. What has not been
 * asked for yet is not started, so memory stays bounded.
 */
export async function* runAhead<T, R>(
  items: Iterable<T>,
  depth: number,
  work: (item: T) => Promise<R>,
): AsyncGenerator<R, void> {
  const running: Promise<R>[] = []
  for (const item of items) {
    const result = work(item)
    // The reader sees the first failure; those behind it must not count as unhandled.
    result.catch(() => {})
    running.push(result)
    if (running.length === depth) yield await running.shift()!
  }
  for (const result of running) yield await result
}
