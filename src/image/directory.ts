/** An entry of a directory. */
export interface Entry {
  readonly id: number
  readonly type: number
  /** Values, of `unit` bytes or, rationals, of two units each; 0 bytes where the type is unknown. */
  readonly count: number
  readonly unit: number
  /** Where the values stand, and how many bytes they take; it may be past the end. */
  readonly at: number
  readonly length: number
}

/** The bytes of a TIFF file, of 32 or 64 bits (BigTIFF), or of an EXIF block, which is one without pixels. */
export interface Tiff {
  readonly bytes: Buffer
  readonly isLittle: boolean
  /** Where the first directory stands. */
  readonly first: number
  /** @throws {RangeError} past the end, as `directory` does */
  integer(at: number, length: number): number
  /** The entries of a directory, and where the offset of the next one stands. */
  directory(at: number): { entries: Entry[]; next: number }
}

/** Bytes of the units that the values of each type are made of. */
const UNITS = [0, 1, 1, 2, 4, 4, 1, 1, 2, 4, 4, 4, 8, 4, 0, 0, 8, 8, 8]

const isRational = (type: number) => type === 5 || type === 10

/** Byte order and width by the first four bytes. */
const KINDS: Readonly<Record<string, { isLittle: boolean; isBig: boolean }>> = {
  'II*\0': { isLittle: true, isBig: false },
  'II+\0': { isLittle: true, isBig: true },
  'MM\0*': { isLittle: false, isBig: false },
  'MM\0+': { isLittle: false, isBig: true },
}

const EXIF_PREFIX = 'Exif\0\0'

/**
 * Reads the header (TIFF 6.0, section 2).
 *
 * @returns undefined when the bytes begin like nothing of the kind
 * @throws {RangeError} when they end too early
 */
export function openTiff(block: Uint8Array): Tiff | undefined {
  const whole = Buffer.from(block.buffer, block.byteOffset, block.length)
  const bytes =
    whole.toString('latin1', 0, EXIF_PREFIX.length) === EXIF_PREFIX
      ? whole.subarray(EXIF_PREFIX.length)
      : whole
  const kind = KINDS[bytes.toString('latin1', 0, 4)]
  if (kind === undefined) return undefined
  const { isLittle, isBig } = kind
  const [word, head, counter] = isBig ? [8, 8, 8] : [4, 4, 2]
  const integer = (at: number, length: number) => {
    if (length === 8) return Number(isLittle ? bytes.readBigUInt64LE(at) : bytes.readBigUInt64BE(at))
    return isLittle ? bytes.readUIntLE(at, length) : bytes.readUIntBE(at, length)
  }
  return {
    bytes,
    isLittle,
    first: integer(head, word),
    integer,
    directory(at) {
      const size = 4 + 2 * word
      const start = at + counter
      const entries = Array.from({ length: integer(at, counter) }, (_, index): Entry => {
        const entry = start + size * index
        const [id, type, count] = [integer(entry, 2), integer(entry + 2, 2), integer(entry + 4, word)]
        const unit = UNITS[type] ?? 0
        const length = unit * count * (isRational(type) ? 2 : 1)
        const value = entry + 4 + word
        return { id, type, count, unit, at: length > word ? integer(value, word) : value, length }
      })
      return { entries, next: start + size * entries.length }
    },
  }
}
