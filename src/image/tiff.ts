/**
 * TIFF directories (TIFF 6.0, section 2), because libvips neither reads nor writes EXIF in TIFF files. An EXIF block is
 * a TIFF file without pixels.
 */

/** A tag; its value is little-endian. */
interface Tag {
  readonly id: number
  readonly type: number
  readonly count: number
  readonly value: Buffer
  /** What a link leads to, in place of its value. */
  readonly directory?: readonly Tag[]
}

/** Bytes of the units that the values of each type are made of; a rational, 5 or 10, has two of them. */
const UNITS = [0, 1, 1, 2, 4, 4, 1, 1, 2, 4, 4, 4, 8]

const EXIF = 34665
const GPS = 34853
const INTEROPERABILITY = 40965

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
  const whole = Buffer.from(block.buffer, block.byteOffset, block.length)
  const bytes = whole.toString('latin1', 0, 6) === 'Exif\0\0' ? whole.subarray(6) : whole
  const start = bytes.toString('latin1', 0, 4)
  if (start !== 'II*\0' && start !== 'MM\0*') return []
  const little = start === 'II*\0'
  try {
    return readDirectory(bytes, little ? bytes.readUInt32LE(4) : bytes.readUInt32BE(4), little, 0)
  } catch {
    // Offsets past the end: metadata that nobody can read are no reason to lose the image.
    return []
  }
}

function readDirectory(bytes: Buffer, at: number, little: boolean, level: 0 | 1 | 2): Tag[] {
  const read16 = (offset: number) => (little ? bytes.readUInt16LE(offset) : bytes.readUInt16BE(offset))
  const read32 = (offset: number) => (little ? bytes.readUInt32LE(offset) : bytes.readUInt32BE(offset))
  const tags = Array.from({ length: read16(at) }, (_, index): Tag => {
    const entry = at + 2 + 12 * index
    const [id, type, count] = [read16(entry), read16(entry + 2), read32(entry + 4)]
    const unit = UNITS[type] ?? 0
    const length = unit * count * (type === 5 || type === 10 ? 2 : 1)
    const offset = length > 4 ? read32(entry + 8) : entry + 8
    if (offset + length > bytes.length) throw new RangeError(`Expected tag ${id} inside the file`)
    const value = Buffer.from(bytes.subarray(offset, offset + length))
    if (!little) swap(value, unit)
    const isLink = (LINKS[level] as readonly number[]).includes(id)
    const directory = isLink && readDirectory(bytes, value.readUInt32LE(0), little, level === 0 ? 1 : 2)
    return { id, type, count, value, ...(directory && { directory }) }
  })
  return tags.filter(({ id, value }) => value.length > 0 && !DROPPED.includes(id))
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
