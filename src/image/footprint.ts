import { stat } from 'node:fs/promises'
import sharp from 'sharp'
import { FORMATS, type Format } from './format.ts'

// Bytes a pixel beyond the file and the samples, while the codec works: peaks of the resident set on Linux x64, less what
// was there before, of 12 megapixels (AVIF 6), 8 and 16 bits, with alpha and without, baseline and progressive.
const CODING: Readonly<Record<Format, number>> = { jpeg: 6, png: 8, webp: 18, avif: 50, tiff: 8 }

/**
 * Bytes that an image takes, at most, at any moment from reading to writing, told from the head of its file.
 *
 * @param format of the result, by default that of the file
 * @returns 0 for what can't be read or will be refused, and so comes to its end soon
 */
export async function footprint(path: string, format?: Format): Promise<number> {
  try {
    const head = sharp(path, { limitInputPixels: false }).metadata()
    const [{ size }, { width, height, depth, hasAlpha, format: found }] = await Promise.all([
      stat(path),
      head,
    ])
    const pixels = width * height
    const source = FORMATS.find(name => name === (found === 'heif' ? 'avif' : found))
    if (source === undefined) return 0
    const target = format ?? source
    const samples = (hasAlpha ? 4 : 3) * (depth === 'ushort' ? 2 : 1)
    return size + pixels * (samples + Math.max(CODING[source], CODING[target]))
  } catch {
    return 0
  }
}
