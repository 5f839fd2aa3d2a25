const PREFIX = 'Exif\0\0'
const ENTRY_BYTES = 12

/**
 * Unlinks the thumbnail that cameras put into EXIF: it would go on showing the degraded picture, and not upright.
 * The thumbnail is the second directory of the TIFF structure (EXIF 2.32, 4.5.4); the pointer to it becomes 0.
 *
 * @param bytes of a file
 * @param exif its EXIF block, as libvips gives it
 * @returns the bytes themselves when there is nothing to unlink
 */
export function dropThumbnail(bytes: Uint8Array, exif: Buffer | undefined): Uint8Array {
  if (exif === undefined) return bytes
  const pointer = thumbnailPointer(exif)
  const at = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).indexOf(exif)
  if (pointer === undefined || at < 0) return bytes
  return Uint8Array.from(bytes).fill(0, at + pointer, at + pointer + 4)
}

/** Where the first directory points to the second, from the start of the block; undefined when it doesn't. */
function thumbnailPointer(exif: Buffer): number | undefined {
  const start = exif.toString('latin1', 0, PREFIX.length) === PREFIX ? PREFIX.length : 0
  const little = exif.toString('latin1', start, start + 2) === 'II'
  const read16 = (at: number) => (little ? exif.readUInt16LE(at) : exif.readUInt16BE(at))
  const read32 = (at: number) => (little ? exif.readUInt32LE(at) : exif.readUInt32BE(at))
  try {
    const directory = start + read32(start + 4)
    const pointer = directory + 2 + ENTRY_BYTES * read16(directory)
    return read32(pointer) === 0 ? undefined : pointer
  } catch {
    // Offsets past the end: libvips will make of the block what it can.
    return undefined
  }
}
