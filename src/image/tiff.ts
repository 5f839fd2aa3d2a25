import { openTiff, type Tiff } from './directory.ts'

/** A tag, because libvips neither reads nor writes EXIF in TIFF files; its value is little-endian. */
interface Tag {
  readonly id: number
  readonly type: number
  readonly count: number
  readonly value: Buffer
  /** What a link leads to, in place of its value. */
  readonly directory?: readonly Tag[]
}

const EXIF = 34665
const GPS = 34853
const INTEROPERABILITY = 40965

/** The type of links here. The types behind the last one of TIFF 6.0 are links elsewhere, or of BigTIFF. */
const LONG = 4
const LAST = 12

/** Links of the first directory and of those below it. */
const LINKS = [[EXIF, GPS], [INTEROPERABILITY], []] as const

/** Descriptions, maker, model, software, date, artist, host, copyright, IPTC: what does not depend on the pixels. */
const KEPT = [269, 270, 271, 272, 305, 306, 315, 316, 33432, 33723, EXIF, GPS]

/** Width and height as EXIF gives them, which may have been exchanged. */
const DROPPED = [40962, 40963]

/**
 * Takes the EXIF out of a TIFF file.
 *
 * @returns undefined when there is none that can be read
 */
export function exifOfTiff(tiff: Uint8Array): Buffer | undefined {
  const kept = readTags(tiff).filter(({ id }) => KEPT.includes(id))
  if (kept.length === 0) return undefined
  return Buffer.concat([Buffer.from('II*\0\x08\0\0\0', 'latin1'), writeDirectory(kept, 8)])
}

/** Adds EXIF to a TIFF file as libvips writes it: a new first directory behind its end. */
export function addExif(tiff: Buffer, exif: Uint8Array): Buffer {
  const own = readTags(tiff)
  const added = readTags(exif).filter(({ id }) => KEPT.includes(id) && !own.some(tag => tag.id === id))
  if (own.length === 0 || added.length === 0 || tiff.toString('latin1', 0, 2) !== 'II') return tiff
  const at = tiff.length + (tiff.length % 2)
  const directory = writeDirectory([...own, ...added], at)
  const result = Buffer.concat([tiff, Buffer.alloc(at - tiff.length), directory])
  result.writeUInt32LE(at, 4)
  return result
}

function readTags(block: Uint8Array): Tag[] {
  try {
    const tiff = openTiff(block)
    return tiff === undefined ? [] : readDirectory(tiff, tiff.first, 0)
  } catch {
    // Offsets past the end: metadata that nobody can read are no reason to lose the image.
    return []
  }
}

function readDirectory(tiff: Tiff, from: number, level: 0 | 1 | 2): Tag[] {
  const links: readonly number[] = LINKS[level]
  const tags = tiff.directory(from).entries.map(({ id, type, count, unit, at, length }): Tag => {
    if (at + length > tiff.bytes.length) throw new RangeError(`Expected tag ${id} inside the file`)
    const value = Buffer.from(tiff.bytes.subarray(at, at + length))
    if (!tiff.isLittle) swap(value, unit)
    if (!links.includes(id)) return { id, type, count, value }
    return {
      id,
      type: LONG,
      count,
      value,
      directory: readDirectory(tiff, tiff.integer(at, unit), level === 0 ? 1 : 2),
    }
  })
  return tags.filter(({ id, type, value }) => type <= LAST && value.length > 0 && !DROPPED.includes(id))
}

function swap(value: Buffer, unit: number): void {
  if (unit === 2) value.swap16()
  if (unit === 4) value.swap32()
  if (unit === 8) value.swap64()
}

/** The bytes of a directory that will stand at an even offset, with all that belongs to it. */
function writeDirectory(tags: readonly Tag[], at: number): Buffer {
  const entries = Buffer.alloc(2 + 12 * tags.length + 4)
  entries.writeUInt16LE(tags.length, 0)
  const parts: Buffer[] = [entries]
  let end = at + entries.length
  for (const [index, { id, type, count, value, directory }] of tags
    .toSorted((a, b) => a.id - b.id)
    .entries()) {
    const entry = 2 + 12 * index
    entries.writeUInt16LE(id, entry)
    entries.writeUInt16LE(type, entry + 2)
    entries.writeUInt32LE(count, entry + 4)
    if (directory === undefined && value.length <= 4) {
      value.copy(entries, entry + 8)
      continue
    }
    entries.writeUInt32LE(end, entry + 8)
    const part = directory === undefined ? value : writeDirectory(directory, end)
    parts.push(part, Buffer.alloc(part.length % 2))
    end += part.length + (part.length % 2)
  }
  return Buffer.concat(parts)
}
