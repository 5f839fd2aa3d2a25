import sharp, { type SharpOptions } from 'sharp'
import { UirError } from '../errors.ts'
import { admit } from './admit.ts'
import { dropThumbnail } from './exif.ts'
import { READABLE, sniff } from './foreign.ts'
import { type Image, MAX_PIXELS, samplesOf } from './image.ts'
import { profileUse } from './profile.ts'
import { insertSegment } from './segment.ts'
import { requireStrips } from './strips.ts'
import { exifOfTiff } from './tiff.ts'

// Every image passes once; a cache would only hold memory.
sharp.cache(false)

/**
 * Tolerates the small flaws that viewers tolerate, but no missing pixels, which libvips takes for an error in TIFF, and
 * damaged tiles of TIFF, for which it only warns. The size is checked before any pixel is decoded (see admit).
 */
const OPTIONS: SharpOptions = { failOn: 'error', limitInputPixels: false }
const TIFF_OPTIONS: SharpOptions = { ...OPTIONS, failOn: 'warning' }

/**
 * Decodes an image, whatever its name says. EXIF orientation is applied to the pixels; a profile with a curve unlike
 * that of sRGB is converted.
 *
 * @param bytes the whole file
 * @param name of the file, for messages
 * @param maxPixels larger images are refused before any pixel is decoded
 * @throws {UirError} `image` when the bytes are no intact picture of one frame
 */
export async function decode(bytes: Uint8Array, name: string, maxPixels = MAX_PIXELS): Promise<Image> {
  try {
    await sniff(bytes, name)
    const metadata = await sharp(bytes, OPTIONS).metadata()
    const format = admit(metadata, name, maxPixels)
    if (format === 'tiff') await requireStrips(bytes)
    const { depth, space, icc, exif, iptc } = metadata
    const colours = depth === 'uchar' ? 'srgb' : 'rgb16'
    const use = profileUse(icc, space)
    // A chunk of PNG has a checksum, which a change would break; cameras don't write PNG.
    const source = format === 'png' ? bytes : dropThumbnail(bytes, exif)
    const block = format === 'tiff' ? exifOfTiff(bytes) : undefined
    // One after the other: of a progressive JPEG each holds the coefficients of the whole image.
    const options = { ...(format === 'tiff' ? TIFF_OPTIONS : OPTIONS), ignoreIcc: use === 'keep' }
    const pixels = await decodePixels(bytes, name, colours, options)
    const carrier = await carryMetadata(source, pixels.channels, colours, use !== 'drop', block)
    return {
      ...pixels,
      origin: {
        format,
        gray: space === 'b-w' || space === 'grey16',
        metadata: carrier,
        ...(use === 'convert' && icc !== undefined && { profile: icc }),
        ...(format === 'jpeg' && iptc !== undefined && { iptc }),
        ...(block !== undefined && { exif: block }),
      },
    }
  } catch (error) {
    throw error instanceof UirError ? error : explain(error as Error, name)
  }
}

type Colours = 'srgb' | 'rgb16'

async function decodePixels(bytes: Uint8Array, name: string, colours: Colours, options: SharpOptions) {
  const deep = colours === 'rgb16'
  const { data, info } = await sharp(bytes, { ...options, autoOrient: true })
    .toColourspace(colours)
    .raw({ depth: deep ? 'ushort' : 'uchar' })
    .toBuffer({ resolveWithObject: true })
  const { width, height, channels } = info
  if (channels !== 3 && channels !== 4) {
    const fix = 'save it as RGB or gray'
    throw new UirError('image', `${name} has ${channels} channels, no photograph's number`, fix)
  }
  return { width, height, channels, samples: samplesOf(data, deep) } as const
}

/**
 * One pixel of the file with all its metadata, black: libvips then writes them into any format (see encode).
 *
 * @param exif what libvips does not find in the file
 */
async function carryMetadata(
  bytes: Uint8Array,
  channels: number,
  colours: Colours,
  keepIcc: boolean,
  exif: Buffer | undefined,
): Promise<Uint8Array> {
  const pixel = sharp(bytes, OPTIONS).extract({ left: 0, top: 0, width: 1, height: 1 }).toColourspace(colours)
  const taken = await (keepIcc ? pixel.keepMetadata() : pixel.keepExif().keepXmp()).png().toBuffer()
  const carrier = exif === undefined ? taken : await carryExif(taken, colours, exif)
  const black = Array<number>(channels).fill(0)
  return await sharp(carrier).linear(black, black).toColourspace(colours).keepMetadata().png().toBuffer()
}

/** Adds EXIF by way of JPEG, which needs no checksum of it. */
async function carryExif(carrier: Buffer, colours: Colours, exif: Buffer): Promise<Buffer> {
  const { hasAlpha } = await sharp(carrier).metadata()
  const jpeg = await sharp(carrier).keepXmp().keepIccProfile().jpeg().toBuffer()
  const pixel = sharp(insertSegment(jpeg, 0xe1, Buffer.concat([EXIF_HEAD, exif])))
  return await (hasAlpha ? pixel.ensureAlpha() : pixel).toColourspace(colours).keepMetadata().png().toBuffer()
}

const EXIF_HEAD = Buffer.from('Exif\0\0')

/** Says in the user's words what libvips found. */
function explain(cause: Error, name: string): UirError {
  const fail = (problem: string, fix: string) => new UirError('image', `${name} ${problem}`, fix, { cause })
  const why = cause.message.split('\n', 1)[0]!
  if (/is empty/i.test(why)) return fail('is empty', 'get an intact copy')
  if (/unsupported image format/i.test(why)) return fail('is no image that can be read', READABLE)
  return fail(`is damaged or truncated (${why})`, 'get an intact copy')
}
