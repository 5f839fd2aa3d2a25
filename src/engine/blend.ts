import { feather, type Grid, type Span } from './tiles.ts'

/** Restored rows over the whole width of an image: a plane each for red, green and blue, 0..1, row by row. */
export type Planes = readonly [Float32Array, Float32Array, Float32Array]

/**
 * Joins restored tiles with feathered overlaps. Tiles come row by row and are added in that order, so the result
 * doesn't depend on which worker was faster; only one row of tiles is held, in the same memory for all.
 *
 * @param width of the image in pixels
 * @param tiles planar RGB, [3, height, width] each, in the order of `tilesOf`
 * @param finish takes rows that no later tile touches, and the number of the first
 */
export async function blendTiles(
  { columns, rows }: Grid,
  width: number,
  tiles: AsyncIterator<Float32Array>,
  finish: (rows: Planes, top: number) => void,
): Promise<void> {
  const across = columns.map((_, index) => feather(columns, index))
  // All rows of tiles are equally high.
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
  tile: Float32Array,
  plane: number,
  { start, length }: Span,
  across: Float32Array,
  down: Float32Array,
): void {
  for (let y = 0; y < down.length; y++) {
    const weight = down[y]!
    const from = (plane * down.length + y) * length
    const to = y * width + start
    for (let x = 0; x < length; x++) band[to + x]! += weight * across[x]! * tile[from + x]!
  }
}
