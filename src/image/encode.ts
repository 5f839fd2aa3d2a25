import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp, { type Sharp } from 'sharp'
import { UirError } from '../errors.ts'
import type { Format } from './format.ts'
import { type Image, type Origin, samplesOf } from './image.ts'
import { insertSegment } from './segment.ts'
import { addExif } from './tiff.ts'

/** How to write a file; the default is the format that the image came in, at high quality. */
export interface EncodeOptions {
  readonly format?: Format | undefined
  /** 1 to 100; the lossless formats, PNG and TIFF, have no use for it. */
  readonly quality?: number | undefined
}

// Chroma is stored in full: the network has just repaired it. TIFF would otherwise default to JPEG inside.
// Huffman codes of its own would make a JPEG a twentieth smaller, for four times the time and 12 bytes a pixel.
const ENCODERS: Record<Format, (pipeline: Sharp, deep: boolean, quality?: number) => Sharp> = {
  jpeg: (pipeline, _, quality = 95) =>
    pipeline.jpeg({ quality, chromaSubsampling: '4:4:4', optimiseCoding: false }),
  png: pipeline => pipeline.png(),
  webp: (pipeline, _, quality = 95) => pipeline.webp({ quality }),
  avif: (pipeline, deep, quality = 80) => pipeline.avif({ quality, bitdepth: deep ? 10 : 8 }),
  tiff: pipeline => pipeline.tiff({ compression: 'deflate', predictor: 'horizontal' }),
}

/** Formats that hold more than 8 bits. */
const DEEP: readonly Format[] = ['png', 'tiff', 'avif']

/** The longest side in pixels that a format holds, or its library writes. */
const LONGEST: Partial<Record<Format, number>> = { jpeg: 65500, webp: 16383, avif: 16384 }

/**
 * Finds out before the work whether a format can hold an image.
 *
 * @throws {UirError} `image`
 */
export function requireRoom({ width, height }: Image, format: Format, name: string): void {
  const longest = LONGEST[format]
  if (longest === undefined || Math.max(width, height) <= longest) return
  const problem = `${name} has ${width} x ${height} pixels, and ${format} holds no more than ${longest} a side`
  throw new UirError('image', problem, 'choose --format png or tiff')
}

/**
 * Encodes an image with the metadata of its origin: EXIF with orientation 1, XMP and ICC, and IPTC within JPEG and within TIFF. 16-bit samples stay so in PNG and TIFF, and keep 10 bits in AVIF.
 *
 * @returns the bytes of the file
 */
export async function encode(image: Image, { format, quality }: EncodeOptions = {}): Promise<Buffer> {
  const target = format ?? image.origin.format
  const opaque = target === 'jpeg' && image.channels === 4 ? await flatten(image) : image
  const deep = image.samples.BYTES_PER_ELEMENT === 2 && DEEP.includes(target)
  const colours = image.origin.gray ? (deep ? 'grey16' : 'b-w') : deep ? 'rgb16' : 'srgb'
  const write = (pipeline: Sharp) => ENCODERS[target](pipeline, deep, quality).toBuffer()
  const pipeline = paint(opaque).toColourspace(colours)
  const { profile } = image.origin
  const bytes =
    profile === undefined
      ? await write(pipeline)
      : await withFile(profile, path => write(pipeline.withIccProfile(path)))
  return await addMetadata(bytes, target, image.origin)
}

/** Adds what libvips does not write: EXIF and IPTC in TIFF, IPTC in JPEG. */
async function addMetadata(bytes: Buffer, target: Format, { exif, iptc, metadata }: Origin): Promise<Buffer> {
  if (target === 'tiff') {
    const block = exif ?? (await sharp(metadata).metadata()).exif
    return block === undefined ? bytes : addExif(bytes, block)
  }
  return target === 'jpeg' && iptc !== undefined ? insertSegment(bytes, 0xed, iptc) : bytes
}

/**
 * The image as a pipeline with the metadata of its origin. libvips takes metadata from files only, so the one-pixel
 * file that carries them is black, is stretched and or-ed with the samples.
 */
function paint({ width, height, channels, samples, origin }: Image): Sharp {
  // The declared type says Buffer; any typed array is taken, and its type is the depth.
  const operand = samples as unknown as Buffer
  const options = { raw: { width, height, channels }, limitInputPixels: false }
  return sharp(origin.metadata, { autoOrient: true })
    .resize(width, height, { fit: 'fill', kernel: 'nearest' })
    .boolean(operand, 'or', options)
    .keepMetadata()
}

/** Lays the image on white: JPEG has no alpha. */
async function flatten({ width, height, channels, samples, origin }: Image): Promise<Image> {
  const deep = samples.BYTES_PER_ELEMENT === 2
  const colours = deep ? 'rgb16' : 'srgb'
  const [flat, metadata] = await Promise.all([
    sharp(samples, { raw: { width, height, channels }, limitInputPixels: false })
      .flatten({ background: 'white' })
      .toColourspace(colours)
      .raw({ depth: deep ? 'ushort' : 'uchar' })
      .toBuffer(),
    sharp(origin.metadata).removeAlpha().toColourspace(colours).keepMetadata().png().toBuffer(),
  ])
  return { width, height, channels: 3, samples: samplesOf(flat, deep), origin: { ...origin, metadata } }
}

/** ICC conversion takes its profile from a file. */
async function withFile<T>(bytes: Uint8Array, use: (path: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'uir-'))
  try {
    const path = join(folder, 'profile.icc')
    await writeFile(path, bytes)
    return await use(path)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
