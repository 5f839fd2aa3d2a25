import type { Metadata } from 'sharp'
import { UirError } from '../errors.ts'
import { foreign } from './foreign.ts'
import { FORMATS, type Format } from './format.ts'

/**
 * Finds out from the head of a file whether it holds one photograph of bearable size.
 *
 * @throws {UirError} `image`
 */
export function admit(metadata: Metadata, name: string, maxPixels: number): Format {
  const { width, height, depth, pages = 1 } = metadata
  const refuse = (problem: string, fix: string) => new UirError('image', `${name} ${problem}`, fix)
  const format = requireFormat(metadata, name)
  if (pages > 1) throw refuse(`holds ${pages} frames or pages`, 'save the wanted one as its own file')
  if (width * height > maxPixels) {
    const fix = 'raise --max-pixels if it is no trap, or downscale it'
    throw refuse(`has ${width} x ${height} pixels, more than ${maxPixels}`, fix)
  }
  if (depth !== 'uchar' && depth !== 'ushort') {
    throw refuse(`has samples of type ${depth}`, 'save it with 8 or 16 bits')
  }
  return format
}

function requireFormat({ format, compression }: Metadata, name: string): Format {
  const found = format === 'heif' ? (compression === 'av1' ? 'avif' : 'heic') : format
  const known = FORMATS.find(candidate => candidate === found)
  if (known !== undefined) return known
  throw foreign(name, found)
}
