import { fileTypeFromBuffer } from 'file-type'
import { UirError } from '../errors.ts'
import { EXTENSIONS } from './format.ts'

/** The formats to convert to. */
export const READABLE = 'use JPEG, PNG, WebP, AVIF or TIFF'

const RAW = [
  'a raw file, which holds sensor data without colours',
  'develop it to TIFF first, for example with darktable-cli',
] as const

/** What files that are often taken for photographs are, and the way out, by the usual extension. */
const FOREIGN: Readonly<Record<string, readonly [kind: string, fix: string]>> = {
  apng: ['an animated PNG', 'save the wanted frame as its own file'],
  gif: ['a GIF, which holds no more than 256 colours', 'convert it to PNG first'],
  heic: ['a HEIC file, whose codec is not free', 'convert it to PNG first, for example with heif-convert'],
  pdf: ['a PDF document', 'take its images out first, for example with pdfimages -all'],
  svg: ['an SVG drawing, which has no pixels', 'render it to PNG first, for example with rsvg-convert'],
  arw: RAW,
  cr2: RAW,
  cr3: RAW,
  dng: RAW,
  nef: RAW,
  orf: RAW,
  raf: RAW,
  rw2: RAW,
}

/** The error for a file of a kind that isn't read. */
export function foreign(name: string, extension: string): UirError {
  const [kind, fix] = FOREIGN[extension] ?? [`a ${extension} file, which is not supported`, READABLE]
  return new UirError('image', `${name} is ${kind}`, fix)
}

const KNOWN = Object.values(EXTENSIONS).flat()

/**
 * Refuses by content what libvips would misread, such as the small preview inside a raw file, or could not name.
 *
 * @throws {UirError} `image`
 */
export async function sniff(bytes: Uint8Array, name: string): Promise<void> {
  const extension = (await fileTypeFromBuffer(bytes))?.ext
  // XML may be an SVG, which libvips tells.
  if (extension === undefined || extension === 'xml' || KNOWN.includes(extension)) return
  throw foreign(name, extension)
}
