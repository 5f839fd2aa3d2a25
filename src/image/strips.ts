import { promisify } from 'node:util'
import { inflate } from 'node:zlib'
import { type Entry, openTiff } from './directory.ts'

/** Offsets and lengths in bytes of what the pixels of a TIFF file are cut into. */
const PIECES = [
  { name: 'strip', offsets: 273, lengths: 279 },
  { name: 'tile', offsets: 324, lengths: 325 },
] as const

const COMPRESSION = 259
/** Adobe's number and the old one. */
const DEFLATE = [8, 32946]

/**
 * Finds out whether the pixels of a TIFF file lie within it, and are what was written where a checksum tells: libvips draws
 * a tile that is cut off black, and of one that does not inflate it draws what does.
 *
 * @throws {RangeError} when the file ends too early, or a strip or tile is damaged
 */
export async function requireStrips(file: Uint8Array): Promise<void> {
  const tiff = openTiff(file)
  if (tiff === undefined) return
  const { entries } = tiff.directory(tiff.first)
  const values = (id: number) => {
    const { at, unit, count }: Partial<Entry> = entries.find(entry => entry.id === id) ?? {}
    return Array.from({ length: count ?? 0 }, (_, index) => tiff.integer(at! + unit! * index, unit!))
  }
  const isDeflated = DEFLATE.includes(values(COMPRESSION)[0] ?? 1)
  for (const { name, offsets, lengths } of PIECES) {
    const starts = values(offsets)
    for (const [index, length] of values(lengths).entries()) {
      const start = starts[index] ?? 0
      const fail = (problem: string) => new RangeError(`${name} ${index + 1} of ${starts.length} ${problem}`)
      if (start + length > file.length) throw fail('lies past the end')
      if (!isDeflated) continue
      await promisify(inflate)(file.subarray(start, start + length)).catch((error: Error) => {
        throw fail(`does not inflate: ${error.message}`)
      })
    }
  }
}
