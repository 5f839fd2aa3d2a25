/** Pixels; smaller tiles would be all overlap. */
const SMALLEST = 128

/** What ONNX Runtime and V8 say when an allocation fails. */
const EXHAUSTED = /bad_alloc|failed to allocate memory|array buffer allocation failed/i

/** Works with tiles of a side in pixels, and once more with half of it whenever memory runs out. */
export async function withLessMemory(side: number, work: (side: number) => Promise<void>): Promise<void> {
  try {
    await work(side)
  } catch (error) {
    const half = Math.floor(side / 2)
    if (half < SMALLEST || !(error instanceof Error && EXHAUSTED.test(error.message))) throw error
    await withLessMemory(half, work)
  }
}
