/** The pixel that stands at `index` when `length` pixels are mirrored past both ends, the edges themselves not repeated. */
export function mirror(index: number, length: number): number {
  if (index >= 0 && index < length) return index
  if (length === 1) return 0
  const period = 2 * (length - 1)
  const phase = Math.abs(index) % period
  return phase < length ? phase : period - phase
}
