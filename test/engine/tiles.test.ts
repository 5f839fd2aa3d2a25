import { expect, test } from 'vitest'
import { blendTiles } from '../../src/engine/blend.ts'
import { cropTile, frameSamples, frameTile, writeRows } from '../../src/engine/pixels.ts'
import { cutGrid, feather, roundUp, tilesOf } from '../../src/engine/tiles.ts'

const CUT = { tile: 512, overlap: 32, multiple: 16 }

test.each([
  [1, 1],
  [512, 512],
  [513, 700],
  [4000, 3000],
  [1031, 5999],
])(
  'tiles cover %i x %i, equal in size but for what the image lacks of a multiple, and weights add up to 1',
  (width, height) => {
    const { columns, rows } = cutGrid(width, height, CUT)
    for (const [spans, size] of [
      [columns, width],
      [rows, height],
    ] as const) {
      const total = new Float32Array(size)
      for (const [index, { start, length }] of spans.entries()) {
        expect(start % CUT.multiple).toBe(0)
        expect(length).toBeLessThanOrEqual(CUT.tile)
        if (spans.length > 1) expect(roundUp(length, CUT.multiple)).toBe(spans[0]!.length)
        if (index < spans.length - 1) expect(length).toBe(spans[0]!.length)
        else expect(start + length).toBe(size)
        for (const [i, weight] of feather(spans, index).entries()) total[start + i]! += weight
      }
      expect(total.every(value => Math.abs(value - 1) < 1e-6)).toBe(true)
    }
  },
)

test('neighbours share at least the overlap', () => {
  for (let width = 513; width < 9000; width += 13) {
    const { columns } = cutGrid(width, 100, CUT)
    for (const [i, { start, length }] of columns.slice(0, -1).entries()) {
      expect(start + length - columns[i + 1]!.start).toBeGreaterThanOrEqual(CUT.overlap)
    }
  }
})

function image(width: number, height: number, channels: 3 | 4) {
  const samples = new Uint8Array(width * height * channels)
  for (let i = 0; i < samples.length; i++) samples[i] = (i * 2654435761) >>> 24
  return { samples, width, height, channels }
}

test.each([3, 4] as const)(
  'tiles that nothing has changed blend back to the image, %i channels',
  async channels => {
    const source = image(300, 210, channels)
    const grid = cutGrid(source.width, source.height, { tile: 128, overlap: 32, multiple: 16 })
    const original = source.samples.slice()
    async function* tiles() {
      for (const tile of tilesOf(grid)) {
        const frame = frameTile(source, tile, 16)
        const piece = cropTile(source, tile)
        yield { data: frameSamples(piece, frame), frame }
      }
    }
    await blendTiles(grid, source.width, tiles(), (rows, top) => writeRows(source, rows, top, 1))
    expect(source.samples).toEqual(original)
  },
)

test('a tile at the border of the image is framed with mirrored pixels', () => {
  const source = image(5, 3, 3)
  const tile = { x: { start: 0, length: 5 }, y: { start: 0, length: 3 } }
  const frame = frameTile(source, tile, 8)
  expect(frame).toEqual({ left: 8, top: 8, width: 24, height: 24 })
  const data = frameSamples(cropTile(source, tile), frame)
  const at = (x: number, y: number) => data[(8 + y) * 24 + 8 + x]
  expect(at(-1, 0)).toBe(at(1, 0))
  expect(at(5, 0)).toBe(at(3, 0))
  expect(at(7, 0)).toBe(at(1, 0))
  expect(at(0, 3)).toBe(at(0, 1))
  expect(at(0, -2)).toBe(at(0, 2))
})

test('a tile inside the image needs no frame', () => {
  const source = image(64, 64, 3)
  const tile = { x: { start: 16, length: 32 }, y: { start: 16, length: 32 } }
  expect(frameTile(source, tile, 16)).toEqual({ left: 0, top: 0, width: 32, height: 32 })
})

test('values are clamped, then strength blends them with the original', () => {
  const gray = () => ({ samples: Uint8Array.of(100, 100, 100, 7), width: 1, channels: 4 as const })
  const rows = [Float32Array.of(200 / 255), Float32Array.of(2), Float32Array.of(-1)] as const
  const [half, none] = [gray(), gray()]
  writeRows(half, rows, 0, 0.5)
  expect([...half.samples]).toEqual([150, 178, 50, 7])
  writeRows(none, rows, 0, 0)
  expect(none).toEqual(gray())
})
