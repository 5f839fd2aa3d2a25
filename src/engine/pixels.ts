import { fullScale, type Image, type Samples } from '../image/image.ts'
import { mirror } from '../image/mirror.ts'
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
  for (let row = 0; row < frame.height; row++) {
    const line = (y.start + mirror(row - frame.top, y.length)) * width + x.start
    for (let column = 0; column < frame.width; column++) {
      const from = (line + mirror(column - frame.left, x.length)) * channels
      const to = row * frame.width + column
      data[to] = samples[from]! * scale
      data[area + to] = samples[from + 1]! * scale
      data[2 * area + to] = samples[from + 2]! * scale
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
 * @param rows interleaved RGB, 0..1
 * @param top the first row, in pixels
 * @param strength 0 keeps the original, 1 takes the restored
 */
export function writeRows(
  target: Samples,
  source: Pixels,
  rows: Float32Array,
  top: number,
  strength: number,
): void {
  const { samples, channels, width } = source
  const scale = fullScale(samples)
  const pixels = rows.length / 3
  let at = top * width * channels
  for (let pixel = 0; pixel < pixels; pixel++, at += channels) {
    for (let channel = 0; channel < 3; channel++) {
      const original = samples[at + channel]!
      const value = original + strength * (rows[pixel * 3 + channel]! * scale - original)
      target[at + channel] = value <= 0 ? 0 : value >= scale ? scale : value + 0.5
    }
    if (channels === 4) target[at + 3] = samples[at + 3]!
  }
}
