import { feather, type Grid, type Span } from './tiles.ts'

/**
 * Joins restored tiles with feathered overlaps. Tiles come row by row and are added in that order, so the result
 * doesn't depend on which worker was faster; only one row of tiles is held.
 *
 * @param width of the image in pixels
 * @param tiles planar RGB, [3, height, width] each, in the order of `tilesOf`
 * @param finish takes rows that no later tile touches: interleaved RGB over the whole width, and their first row
 */
export async function blendTiles(
  { columns, rows }: Grid,
  width: number,
  tiles: AsyncIterator<Float32Array>,
  finish: (rows: Float32Array, top: number) => void,
): Promise<void> {
  const across = columns.map((_, index) => feather(columns, index))
  let shared = new Float32Array(0)
  for (const [index, row] of rows.entries()) {
    const band = new Float32Array(row.length * width * 3)
    band.set(shared)
    const down = feather(rows, index)
    for (const [column, span] of columns.entries()) {
      const { value } = await tiles.next()
      addTile(band, width, value, span, across[column]!, down)
    }
    const done = ((rows[index + 1]?.start ?? row.start + row.length) - row.start) * width * 3
    finish(band.subarray(0, done), row.start)
    shared = band.subarray(done)
  }
}

function addTile(
  band: Float32Array,
  width: number,
  tile: Float32Array,
  { start, length }: Span,
  across: Float32Array,
  down: Float32Array,
): void {
  const area = length * down.length
  for (let y = 0; y < down.length; y++) {
    for (let x = 0; x < length; x++) {
      const weight = across[x]! * down[y]!
      const from = y * length + x
      const to = (y * width + start + x) * 3
      band[to]! += weight * tile[from]!
      band[to + 1]! += weight * tile[area + from]!
      band[to + 2]! += weight * tile[2 * area + from]!
    }
  }
}
