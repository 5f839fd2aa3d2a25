import { fullScale, type Image } from '../image/image.ts'
import { mirror } from '../image/mirror.ts'
import type { Planes } from './blend.ts'
import { roundUp, type Span, type Tile } from './tiles.ts'

/** An image or a piece of one. */
export type Pixels = Pick<Image, 'samples' | 'width' | 'channels'>

/** What the network sees of a tile: the tile itself begins at `left` and `top`; all in pixels. */
export interface Frame {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

/** A restored tile, still framed: planar RGB, [3, height, width] of the frame, 0..1, not clamped. */
export interface Framed {
  readonly data: Float32Array
  readonly frame: Frame
}

/**
 * Frames a tile: `multiple` mirrored pixels where it lies at the border of the image, because the network's zero padding
 * shows in the outermost pixels, and as many as its sides need to divide by `multiple`.
 */
export function frameTile(image: Pixels, { x, y }: Tile, multiple: number): Frame {
  const across = frameSpan(x, image.width, multiple)
  const down = frameSpan(y, heightOf(image), multiple)
  return { left: across.before, top: down.before, width: across.total, height: down.total }
}

function frameSpan({ start, length }: Span, size: number, multiple: number) {
  const before = start === 0 ? multiple : 0
  const after = start + length === size ? multiple : 0
  return { before, total: roundUp(before + length + after, multiple) }
}

/** Copies a tile out of an image. */
export function cropTile({ samples, width, channels }: Pixels, { x, y }: Tile): Pixels {
  const line = x.length * channels
  const size = y.length * line
  const piece = samples.BYTES_PER_ELEMENT === 1 ? new Uint8Array(size) : new Uint16Array(size)
  for (let row = 0; row < y.length; row++) {
    const from = ((y.start + row) * width + x.start) * channels
    piece.set(samples.subarray(from, from + line), row * line)
  }
  return { samples: piece, width: x.length, channels }
}

/** A tile in its frame as planar RGB, [3, height, width] of the frame, 0..1. */
export function frameSamples(tile: Pixels, frame: Frame): Float32Array {
  const { samples, width, channels } = tile
  const height = heightOf(tile)
  const area = frame.width * frame.height
  const data = new Float32Array(3 * area)
  const scale = 1 / fullScale(samples)
  const columns = Int32Array.from(
    { length: frame.width },
    (_, column) => mirror(column - frame.left, width) * channels,
  )
  for (let row = 0; row < frame.height; row++) {
    const line = mirror(row - frame.top, height) * width * channels
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

/**
 * Blends restored rows over the whole width into an image, in place; alpha stays.
 *
 * @param top the first row, in pixels
 * @param strength 0 keeps the original, 1 takes the restored
 */
export function writeRows(
  { samples, width, channels }: Pixels,
  [red, green, blue]: Planes,
  top: number,
  strength: number,
): void {
  const scale = fullScale(samples)
  const write = (at: number, value: number) => {
    const original = samples[at]!
    const restored = Math.max(0, Math.min(value * scale, scale))
    samples[at] = original + strength * (restored - original) + 0.5
  }
  for (let pixel = 0, at = top * width * channels; pixel < red.length; pixel++, at += channels) {
    write(at, red[pixel]!)
    write(at + 1, green[pixel]!)
    write(at + 2, blue[pixel]!)
  }
}

function heightOf({ samples, width, channels }: Pixels): number {
  return samples.length / (width * channels)
}
