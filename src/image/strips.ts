import { type Entry, openTiff } from './directory.ts'

/** Offsets and lengths in bytes of what the pixels of a TIFF file are cut into. */
const PIECES = [
  { name: 'strip', offsets: 273, lengths: 279 },
  { name: 'tile', offsets: 324, lengths: 325 },
] as const

/**
 * Finds out whether the pixels of a TIFF file lie within it: libvips draws a tile that is cut off black.
 *
 * @throws {RangeError} when the file ends too early
 */
export function requireStrips(file: Uint8Array): void {
  const tiff = openTiff(file)
  if (tiff === undefined) return
  const { entries } = tiff.directory(tiff.first)
  const values = (id: number) => {
    const { at, unit, count }: Partial<Entry> = entries.find(entry => entry.id === id) ?? {}
    return Array.from({ length: count ?? 0 }, (_, index) => tiff.integer(at! + unit! * index, unit!))
  }
  for (const { name, offsets, lengths } of PIECES) {
    const starts = values(offsets)
    for (const [index, length] of values(lengths).entries()) {
      if ((starts[index] ?? 0) + length <= file.length) continue
      throw new RangeError(`${name} ${index + 1} of ${starts.length} lies past the end`)
    }
  }
}
