import { fullScale, type Image, type Samples } from '../image/image.ts'
import { mirror } from '../image/mirror.ts'
import { roundUp, type Tile } from './tiles.ts'

/** The part of an image that a tile needs; its samples are shared memory. */
export type Pixels = Pick<Image, 'samples' | 'width' | 'channels'>

/** Planar RGB, [3, height, width]. */
export interface Plane {
  readonly data: Float32Array
  readonly width: number
  readonly height: number
}

/** Cuts a tile out of an image as 0..1, mirrored at its right and bottom edge until its sides divide by `multiple`. */
export function readTile({ samples, width, channels }: Pixels, { x, y }: Tile, multiple: number): Plane {
  const columns = roundUp(x.length, multiple)
  const rows = roundUp(y.length, multiple)
  const area = columns * rows
  const data = new Float32Array(3 * area)
  const scale = 1 / fullScale(samples)
  for (let row = 0; row < rows; row++) {
    const line = (y.start + mirror(row, y.length)) * width + x.start
    for (let column = 0; column < columns; column++) {
      const from = (line + mirror(column, x.length)) * channels
      const to = row * columns + column
      data[to] = samples[from]! * scale
      data[area + to] = samples[from + 1]! * scale
      data[2 * area + to] = samples[from + 2]! * scale
    }
  }
  return { data, width: columns, height: rows }
}

/** Takes the mirrored margin off again. */
export function cropPlane({ data, width, height }: Plane, columns: number, rows: number): Float32Array {
  const cropped = new Float32Array(3 * columns * rows)
  for (let line = 0; line < 3 * rows; line++) {
    const from = (Math.floor(line / rows) * height + (line % rows)) * width
    cropped.set(data.subarray(from, from + columns), line * columns)
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
