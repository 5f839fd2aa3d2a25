import sharp from 'sharp'

/** A small picture for a page: WebP in sRGB, upright. */
export interface Thumbnail {
  readonly bytes: Uint8Array
  /** Pixels. */
  readonly width: number
  /** Pixels. */
  readonly height: number
}

/** Pixels of the longer side: a few kilobytes each, so that a page holds thousands. */
const SIDE = 320

/**
 * Makes a thumbnail of a file. Of a damaged file it shows what can be read.
 *
 * @param file its path or its bytes
 * @returns undefined when there is no picture to show
 */
export async function thumbnail(
  file: string | Uint8Array,
  maxPixels: number,
): Promise<Thumbnail | undefined> {
  try {
    const { data, info } = await sharp(file, {
      failOn: 'none',
      limitInputPixels: maxPixels,
      autoOrient: true,
    })
      .resize(SIDE, SIDE, { fit: 'inside', withoutEnlargement: true })
      .webp({ quality: 50, effort: 4 })
      .toBuffer({ resolveWithObject: true })
    return { bytes: data, width: info.width, height: info.height }
  } catch {
    // Why a file can't be shown is told where it could not be restored.
    return undefined
  }
}
