/** The pixel that stands at `index` when `length` pixels are mirrored past their end, the edge itself not repeated. */
export function mirror(index: number, length: number): number {
  if (index < length) return index
  if (length === 1) return 0
  const period = 2 * (length - 1)
  const phase = index % period
  return phase < length ? phase : period - phase
}
