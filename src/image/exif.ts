import { openTiff } from './directory.ts'

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
  try {
    const tiff = openTiff(exif)
    if (tiff === undefined) return undefined
    const { next } = tiff.directory(tiff.first)
    return tiff.integer(next, 4) === 0 ? undefined : next + exif.length - tiff.bytes.length
  } catch {
    // Offsets past the end: libvips will make of the block what it can.
    return undefined
  }
}
