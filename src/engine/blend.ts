import type { Framed } from './pixels.ts'
import { feather, type Grid, type Span } from './tiles.ts'

/** Restored rows over the whole width of an image: a plane each for red, green and blue, 0..1, row by row. */
export type Planes = readonly [Float32Array, Float32Array, Float32Array]

/**
 * Joins restored tiles with feathered overlaps. Tiles come row by row and are added in that order, so the result
 * doesn't depend on which worker was faster; only one row of tiles is held, in the same memory for all.
 *
 * @param width of the image in pixels
 * @param tiles in the order of `tilesOf`
 * @param finish takes rows that no later tile touches, and the number of the first
 */
export async function blendTiles(
  { columns, rows }: Grid,
  width: number,
  tiles: AsyncIterator<Framed>,
  finish: (rows: Planes, top: number) => void,
): Promise<void> {
  const across = columns.map((_, index) => feather(columns, index))
  // No row of tiles is higher than the first.
  const band = mapPlanes(() => new Float32Array(rows[0]!.length * width))
  for (const [index, row] of rows.entries()) {
    const down = feather(rows, index)
    for (const [column, span] of columns.entries()) {
      const { value } = await tiles.next()
      for (const plane of PLANES) addPlane(band[plane], width, value, plane, span, across[column]!, down)
    }
    const done = ((rows[index + 1]?.start ?? row.start + row.length) - row.start) * width
    finish(
      mapPlanes(plane => band[plane].subarray(0, done)),
      row.start,
    )
    // What the next row of tiles shares with this one moves up.
    for (const plane of band) plane.copyWithin(0, done).fill(0, plane.length - done)
  }
}

const PLANES = [0, 1, 2] as const

function mapPlanes(make: (plane: (typeof PLANES)[number]) => Float32Array): Planes {
  return [make(0), make(1), make(2)]
}

function addPlane(
  band: Float32Array,
  width: number,
  { data, frame }: Framed,
  plane: number,
  { start, length }: Span,
  across: Float32Array,
  down: Float32Array,
): void {
  const { left, right } = ownColumns(across)
  for (let y = 0; y < down.length; y++) {
    const from = (plane * frame.height + frame.top + y) * frame.width + frame.left
    const to = y * width + start
    const weight = down[y]!
    const add = (first: number, end: number) => {
      for (let x = first; x < end; x++) band[to + x]! += weight * across[x]! * data[from + x]!
    }
    if (weight < 1) add(0, length)
    else {
      add(0, left)
      band.set(data.subarray(from + left, from + right), to + left)
      add(right, length)
    }
  }
}

/** Most of a tile is its own: no other reaches there, and copying is many times faster than adding. */
function ownColumns(across: Float32Array) {
  const left = across.indexOf(1)
  return left < 0 ? { left: 0, right: 0 } : { left, right: across.lastIndexOf(1) + 1 }
}
