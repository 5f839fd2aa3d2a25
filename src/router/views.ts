import { fullScale, type Image } from '../image/image.ts'
import { mirror } from '../image/mirror.ts'
import { resize } from '../image/resize.ts'
import type { Manifest } from '../pack/manifest.ts'

/** What the router sees of an image: RGB 0..1, planar. */
export interface Views {
  /** [1, 3, side, side], the whole image, aspect ignored. */
  readonly global: Float32Array
  /** [grid * grid, 3, side, side], crops at native resolution. */
  readonly local: Float32Array
  /** Pixels. */
  readonly side: number
}

/**
 * Takes the views of the DG-Router (LoRA-IR, arXiv 2410.15385, section 3.2): the whole image downscaled tells of
 * haze and darkness, crops at native resolution tell of noise, compression and blur. The crops are spread evenly
 * from edge to edge; a side shorter than a view is mirrored.
 */
export async function takeViews(image: Image, { view, grid }: Manifest['router']): Promise<Views> {
  return { global: await globalView(image, view), local: localViews(image, view, grid), side: view }
}

async function globalView(image: Image, side: number): Promise<Float32Array> {
  const pixels = await resize(image, side, side)
  const area = side * side
  const view = new Float32Array(3 * area)
  for (let i = 0; i < area; i++) {
    for (let channel = 0; channel < 3; channel++) view[channel * area + i] = pixels[i * 3 + channel]! / 255
  }
  return view
}

function localViews(image: Image, side: number, grid: number): Float32Array {
  const area = side * side
  const views = new Float32Array(grid * grid * 3 * area)
  const lefts = spread(image.width, side, grid)
  const tops = spread(image.height, side, grid)
  for (const [row, top] of tops.entries()) {
    for (const [column, left] of lefts.entries()) {
      const at = (row * grid + column) * 3 * area
      crop(image, left, top, side, views.subarray(at, at + 3 * area))
    }
  }
  return views
}

/** Starts of `grid` crops of length `side` along an edge of `length` pixels. */
function spread(length: number, side: number, grid: number): number[] {
  const room = Math.max(length - side, 0)
  return Array.from({ length: grid }, (_, i) =>
    grid === 1 ? Math.round(room / 2) : Math.round((i * room) / (grid - 1)),
  )
}

function crop(
  { samples, width, height, channels }: Image,
  left: number,
  top: number,
  side: number,
  view: Float32Array,
) {
  const area = side * side
  const scale = 1 / fullScale(samples)
  for (let y = 0; y < side; y++) {
    const row = mirror(top + y, height) * width
    for (let x = 0; x < side; x++) {
      const from = (row + mirror(left + x, width)) * channels
      const to = y * side + x
      for (let channel = 0; channel < 3; channel++) {
        view[channel * area + to] = samples[from + channel]! * scale
      }
    }
  }
}
