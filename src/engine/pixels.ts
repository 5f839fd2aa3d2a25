import { fullScale, type Image, type Samples } from '../image/image.ts'
import { mirror } from '../image/mirror.ts'
import type { Planes } from './blend.ts'
import { roundUp, type Span, type Tile } from './tiles.ts'

/** The part of an image that a tile needs; its samples are shared memory. */
export type Pixels = Pick<Image, 'samples' | 'width' | 'channels'>

/** What the network sees of a tile: the tile itself begins at `left` and `top`; all in pixels. */
export interface Frame {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

/**
 * Frames a tile: `multiple` mirrored pixels where it lies at the border of the image, because the network's zero padding
 * shows in the outermost pixels, and as many as its sides need to divide by `multiple`.
 */
export function frameTile({ samples, width, channels }: Pixels, { x, y }: Tile, multiple: number): Frame {
  const across = frameSpan(x, width, multiple)
  const down = frameSpan(y, samples.length / (width * channels), multiple)
  return { left: across.before, top: down.before, width: across.total, height: down.total }
}

function frameSpan({ start, length }: Span, size: number, multiple: number) {
  const before = start === 0 ? multiple : 0
  const after = start + length === size ? multiple : 0
  return { before, total: roundUp(before + length + after, multiple) }
}

/** Cuts a framed tile out of an image as planar RGB, [3, height, width] of the frame, 0..1. */
export function readTile({ samples, width, channels }: Pixels, { x, y }: Tile, frame: Frame): Float32Array {
  const area = frame.width * frame.height
  const data = new Float32Array(3 * area)
  const scale = 1 / fullScale(samples)
  const columns = Int32Array.from(
    { length: frame.width },
    (_, column) => (x.start + mirror(column - frame.left, x.length)) * channels,
  )
  for (let row = 0; row < frame.height; row++) {
    const line = (y.start + mirror(row - frame.top, y.length)) * width * channels
    const to = row * frame.width
    for (let column = 0; column < columns.length; column++) {
      const from = line + columns[column]!
      data[to + column] = samples[from]! * scale
      data[area + to + column] = samples[from + 1]! * scale
      data[2 * area + to + column] = samples[from + 2]! * scale
    }
  }
  return data
}

/** Takes the frame off again: planar RGB, [3, height, width] of the tile. */
export function unframe(data: Float32Array, frame: Frame, { x, y }: Tile): Float32Array {
  const cropped = new Float32Array(3 * x.length * y.length)
  for (let line = 0; line < 3 * y.length; line++) {
    const plane = Math.floor(line / y.length) * frame.height
    const from = (plane + frame.top + (line % y.length)) * frame.width + frame.left
    cropped.set(data.subarray(from, from + x.length), line * x.length)
  }
  return cropped
}

/**
 * Writes restored rows over the whole width, blended with the original; alpha is copied.
 *
 * @param top the first row, in pixels
 * @param strength 0 keeps the original, 1 takes the restored
 */
export function writeRows(
  target: Samples,
  source: Pixels,
  rows: Planes,
  top: number,
  strength: number,
): void {
  const { samples, channels, width } = source
  const first = top * width * channels
  const pixels = rows[0].length
  for (const [channel, plane] of rows.entries()) {
    writePlane(target, samples, plane, first + channel, channels, strength)
  }
  if (channels === 3) return
  for (let pixel = 0, at = first + 3; pixel < pixels; pixel++, at += 4) target[at] = samples[at]!
}

function writePlane(
  target: Samples,
  samples: Samples,
  plane: Float32Array,
  first: number,
  channels: number,
  strength: number,
): void {
  const scale = fullScale(samples)
  for (let pixel = 0, at = first; pixel < plane.length; pixel++, at += channels) {
    const original = samples[at]!
    const value = original + strength * (plane[pixel]! * scale - original)
    target[at] = value <= 0 ? 0 : value >= scale ? scale : value + 0.5
  }
}
