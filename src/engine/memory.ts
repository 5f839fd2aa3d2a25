/** Pixels; smaller tiles would be all overlap. */
const SMALLEST = 128

/** Whether ONNX Runtime or V8 says that an allocation failed. */
export function isOutOfMemory(error: unknown): boolean {
  const message = error instanceof Error ? error.message : ''
  return /bad_alloc|failed to allocate memory|array buffer allocation failed/i.test(message)
}

/** Works with tiles of a side in pixels, and once more with half of it whenever memory runs out. */
export async function withLessMemory(side: number, work: (side: number) => Promise<void>): Promise<void> {
  try {
    await work(side)
  } catch (error) {
    const half = Math.floor(side / 2)
    if (half < SMALLEST || !isOutOfMemory(error)) throw error
    await withLessMemory(half, work)
  }
}
