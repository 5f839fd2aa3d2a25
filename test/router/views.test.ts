import sharp from 'sharp'
import { expect, test } from 'vitest'
import { decode } from '../../src/image/decode.ts'
import { takeViews } from '../../src/router/views.ts'
import { fixture, paint } from '../support/images.ts'

const ROUTER = { graph: '', weights: '', bank: '', view: 16, grid: 3, scores: [], told: [] }
const AREA = 16 * 16

async function picture(width: number, height: number) {
  const samples = paint(width, height, 3, (x, y, channel) => [x, y, 0.5][channel]!)
  const png = await sharp(samples, { raw: { width, height, channels: 3 } })
    .toColourspace('rgb16')
    .png()
    .toBuffer()
  return await decode(png, 'picture.png')
}

test('local views are native crops from edge to edge', async () => {
  const { local, side } = await takeViews(await picture(80, 48), ROUTER)
  expect(side).toBe(16)
  expect(local.length).toBe(9 * 3 * AREA)
  const red = (view: number, x: number, y: number) => local[view * 3 * AREA + y * 16 + x]!
  const green = (view: number, x: number, y: number) => local[(view * 3 + 1) * AREA + y * 16 + x]!
  expect(red(0, 0, 0)).toBeCloseTo(0, 4)
  expect(red(1, 0, 0)).toBeCloseTo(32 / 80, 4)
  expect(red(2, 15, 0)).toBeCloseTo(79 / 80, 4)
  expect(green(8, 0, 15)).toBeCloseTo(47 / 48, 4)
})

test('a short side is mirrored', async () => {
  const { local } = await takeViews(await picture(10, 40), ROUTER)
  const row = Array.from(local.subarray(0, 16), value => Math.round(value * 10))
  expect(row).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 8, 7, 6, 5, 4, 3])
})

test('the global view is the whole image', async () => {
  const { global } = await takeViews(await picture(160, 64), ROUTER)
  expect(global.length).toBe(3 * AREA)
  expect(global[0]).toBeLessThan(0.05)
  expect(global[15]).toBeGreaterThan(0.93)
  expect(global[AREA + 15 * 16]).toBeGreaterThan(0.93)
})

test('alpha is no part of a view', async () => {
  const png = await sharp(fixture('circuits.png')).ensureAlpha(1).png().toBuffer()
  const opaque = await takeViews(
    await decode(await sharp(fixture('circuits.png')).png().toBuffer(), 'a'),
    ROUTER,
  )
  const views = await takeViews(await decode(png, 'b'), ROUTER)
  expect(views.local).toEqual(opaque.local)
})
