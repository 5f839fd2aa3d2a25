/** A stretch of pixels along one side of the image. */
export interface Span {
  readonly start: number
  readonly length: number
}

/** Columns and rows that cover an image; a tile is where a column meets a row. */
export interface Grid {
  readonly columns: readonly Span[]
  readonly rows: readonly Span[]
}

/** A tile, in pixels of the image. */
export interface Tile {
  readonly x: Span
  readonly y: Span
}

/** How to cut: `tile` and `overlap` in pixels, `multiple` is what the network's sides must divide by. */
export interface Cut {
  readonly tile: number
  readonly overlap: number
  readonly multiple: number
}

/**
 * Covers an image with tiles that overlap at least by `overlap`, as few and as small as will do. They are equal in size,
 * but for the last of a row or column, which ends with the image.
 *
 * Tiles begin at multiples of `multiple`: the network halves its input four times, and what it gives for a pixel depends
 * on where that pixel lies in the grid of the last halving.
 */
export function cutGrid(width: number, height: number, cut: Cut): Grid {
  return { columns: cutSide(width, cut), rows: cutSide(height, cut) }
}

function cutSide(size: number, { tile, overlap, multiple }: Cut): Span[] {
  if (size <= tile) return [{ start: 0, length: size }]
  const whole = roundUp(size, multiple)
  const count = Math.ceil((whole - overlap) / (tile - overlap))
  const length = roundUp((whole + (count - 1) * overlap) / count, multiple)
  const steps = (whole - length) / multiple
  return Array.from({ length: count }, (_, i) => {
    const start = Math.floor((i * steps) / (count - 1)) * multiple
    return { start, length: Math.min(length, size - start) }
  })
}

/** Rounds up to a multiple. */
export function roundUp(value: number, multiple: number): number {
  return Math.ceil(value / multiple) * multiple
}

/** The tiles of a grid, row by row. */
export function* tilesOf({ columns, rows }: Grid): Generator<Tile> {
  for (const y of rows) for (const x of columns) yield { x, y }
}

/**
 * The weight of each pixel along a span: a raised cosine over the overlap with each neighbour, 1 elsewhere. The
 * weights of neighbours add up to 1, so there is nothing to divide by afterwards.
 */
export function feather(spans: readonly Span[], index: number): Float32Array {
  const { start, length } = spans[index]!
  const weights = new Float32Array(length).fill(1)
  const before = spans[index - 1]
  const after = spans[index + 1]
  if (before !== undefined) {
    const overlap = before.start + before.length - start
    for (let i = 0; i < overlap; i++) weights[i] = rise(i, overlap)
  }
  if (after !== undefined) {
    const overlap = start + length - after.start
    for (let i = 0; i < overlap; i++) weights[length - overlap + i] = 1 - rise(i, overlap)
  }
  return weights
}

function rise(i: number, overlap: number): number {
  return 0.5 - 0.5 * Math.cos((Math.PI * (i + 0.5)) / overlap)
}
