import sharp from 'sharp'
import type { Image } from './image.ts'

/**
 * Scales an image, aspect ignored, with the antialiased Catmull-Rom kernel.
 *
 * @returns [width * height, 3] 8-bit RGB, interleaved; alpha is left out
 */
export async function resize(image: Image, width: number, height: number): Promise<Uint8Array> {
  const { samples, width: from, height: rows, channels } = image
  return await sharp(samples, { raw: { width: from, height: rows, channels }, limitInputPixels: false })
    .resize(width, height, { fit: 'fill', kernel: 'cubic' })
    .removeAlpha()
    .toColourspace('srgb')
    .raw({ depth: 'uchar' })
    .toBuffer()
}
