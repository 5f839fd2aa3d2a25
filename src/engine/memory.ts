import { runAhead } from '../ahead.ts'
import { blendTiles } from './blend.ts'
import type { Framed } from './pixels.ts'
import { type Cut, cutGrid, roundUp, type Tile, tilesOf } from './tiles.ts'

/** Pixels; smaller tiles would be all overlap. */
export const SMALLEST = 128

export type RestoreTile = (tile: Tile) => Promise<Framed>

/** Whether ONNX Runtime or V8 says that an allocation failed. */
export function isOutOfMemory(error: unknown): boolean {
  const message = error instanceof Error ? error.message : ''
  return /bad_alloc|failed to allocate memory|array buffer allocation failed/i.test(message)
}

/**
 * Restores the tiles of an image, and those that memory does not suffice for in pieces of half the side, a quarter and so
 * on. Later tiles begin with the side that did.
 */
export function halving(cut: Cut, restore: RestoreTile): RestoreTile {
  let most = roundUp(cut.tile, cut.multiple)

  async function restoreTile(tile: Tile): Promise<Framed> {
    const side = Math.max(tile.x.length, tile.y.length)
    if (side > most) return await restorePieces(tile)
    try {
      return await restore(tile)
    } catch (error) {
      if (!isOutOfMemory(error)) throw error
      // Another tile may have failed, and halved it, meanwhile.
      let smaller = most
      while (smaller >= side) smaller = Math.floor(smaller / 2 / cut.multiple) * cut.multiple
      if (smaller < SMALLEST) throw error
      most = smaller
      return await restorePieces(tile)
    }
  }

  async function restorePieces({ x, y }: Tile): Promise<Framed> {
    const grid = cutGrid(x.length, y.length, { ...cut, tile: most })
    // One at a time: memory is short.
    const pieces = runAhead(tilesOf(grid), 1, piece =>
      restoreTile({
        x: { start: x.start + piece.x.start, length: piece.x.length },
        y: { start: y.start + piece.y.start, length: piece.y.length },
      }),
    )
    const data = new Float32Array(3 * y.length * x.length)
    await blendTiles(grid, x.length, pieces, (rows, top) => {
      for (const [plane, values] of rows.entries()) data.set(values, (plane * y.length + top) * x.length)
    })
    return { data, frame: { left: 0, top: 0, width: x.length, height: y.length } }
  }

  return restoreTile
}
