import { readFileSync } from 'node:fs'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { decode } from '../../src/image/decode.ts'
import { mirror } from '../../src/image/mirror.ts'
import { difference, fixture, pixelsLast, tiff } from '../support/images.ts'

const jpeg = readFileSync(fixture('hummingbird.jpg'))
const webp = readFileSync(fixture('kitten.webp'))
const png = readFileSync(fixture('circuits.png'))

test('content decides about the format, not the name', async () => {
  expect((await decode(png, 'circuits.jpg')).origin.format).toBe('png')
})

test('a gray image becomes three equal channels', async () => {
  const gray = await sharp(jpeg).toColourspace('b-w').png().toBuffer()
  const { samples, channels } = await decode(gray, 'gray.png')
  expect(channels).toBe(3)
  expect(samples.every((value, i) => value === samples[i - (i % 3)])).toBe(true)
})

const small = (bytes: Uint8Array) => sharp(bytes).resize(32, 32).png().toBuffer()
const animation = async () =>
  await sharp([await small(jpeg), await small(webp)], { join: { animated: true } })
    .webp()
    .toBuffer()

const SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'

/** 4 x 4 gray pixels of 8 bits in one strip, which begins with the file. */
const GRAY = { 256: 4, 257: 4, 258: 8, 259: 1, 262: 1, 273: 8, 277: 1, 278: 40000, 279: 16 }

/** A PNG with the chunk that begins an animation. */
function apng(bytes: Buffer): Buffer {
  const control = Buffer.from('\0\0\0\x08acTL\0\0\0\x02\0\0\0\0\0\0\0\0', 'latin1')
  return Buffer.concat([bytes.subarray(0, 33), control, bytes.subarray(33)])
}

test.each<[string, () => Promise<Uint8Array>, RegExp]>([
  ['an empty file', async () => new Uint8Array(), /^x\.jpg is empty/],
  ['text', async () => Buffer.from('not an image'), /^x\.jpg is no image/],
  ['half a JPEG', async () => jpeg.subarray(0, jpeg.length / 2), /^x\.jpg is damaged or truncated/],
  ['half a PNG', async () => png.subarray(0, png.length / 2), /^x\.jpg is damaged or truncated/],
  ['half a WebP', async () => webp.subarray(0, webp.length / 2), /^x\.jpg is damaged or truncated/],
  [
    'a TIFF with missing samples',
    async () => tiff({ ...GRAY, 256: 40, 279: 160 }),
    /is damaged or truncated/,
  ],
  ['a GIF', () => sharp(jpeg).resize(32).gif().toBuffer(), /^x\.jpg is a GIF, which holds no more than 256/],
  ['an animated PNG', async () => apng(await small(jpeg)), /^x\.jpg is an animated PNG/],
  ['a HEIC file', async () => Buffer.from('\0\0\0\x18ftypheic\0\0\0\0mif1heic'), /^x\.jpg is a HEIC file/],
  ['a PDF', async () => Buffer.from('%PDF-1.7\n%\n'), /^x\.jpg is a PDF document/],
  ['a drawing', async () => Buffer.from(SVG), /^x\.jpg is an SVG drawing/],
  [
    'a drawing that says XML',
    async () => Buffer.from(`<?xml version="1.0"?>${SVG}`),
    /^x\.jpg is an SVG dra/,
  ],
  ['a DNG', async () => tiff({ ...GRAY, 254: 1, 50706: 0x00000401 }), /^x\.jpg is a raw file/],
  ['a CR3', async () => Buffer.from('\0\0\0\x18ftypcrx \0\0\0\x01crx isom'), /^x\.jpg is a raw file/],
  ['a RAF', async () => Buffer.from('FUJIFILMCCD-RAW 0201FF129502'), /^x\.jpg is a raw file/],
  ['a BMP', async () => Buffer.from('BM\0\0\0\0\0\0\0\0'), /^x\.jpg is a bmp file, which is not supported/],
  ['a film', async () => Buffer.from('\0\0\0\x18ftypisom\0\0\0\0isomiso2'), /^x\.jpg is a mp4 file/],
  ['samples of 32 bits', async () => tiff({ ...GRAY, 258: 32, 339: 3, 279: 64 }), /samples of type float/],
  [
    'a bomb',
    async () => tiff({ ...GRAY, 256: 40000, 257: 40000 }),
    /40000 x 40000 pixels, more than 500000000/,
  ],
  ['an animation', animation, /^x\.jpg holds 2 frames/],
])('%s is refused by name', async (_, make, message) => {
  await expect(decode(await make(), 'x.jpg')).rejects.toMatchObject({
    code: 'image',
    message: expect.stringMatching(message),
  })
})

test.each(
  (['none', 'lzw', 'deflate', 'jpeg'] as const).flatMap(compression =>
    [false, true].flatMap(tile => [false, true].map(bigtiff => ({ compression, tile, bigtiff }))),
  ),
)('a TIFF with its pixels last is refused or whole, wherever it is cut: %j', async options => {
  const settings = { ...options, tileWidth: 64, tileHeight: 64 }
  const written = await sharp(jpeg).resize(200).tiff(settings).toBuffer()
  const file = pixelsLast(written)
  const { samples } = await decode(written, 'x.tif')
  expect(difference((await decode(file, 'x.tif')).samples, samples).max).toBe(0)
  for (let part = 0.05; part < 0.99; part += 0.05) {
    const result = await decode(file.subarray(0, file.length * part), 'x.tif').catch((error: Error) => error)
    // Behind the pixels stands what is of no use.
    if (!(result instanceof Error)) expect(difference(result.samples, samples).max).toBe(0)
    else expect(result.message).toMatch(/^x\.tif is (damaged or truncated \(|no image that can be read)/)
  }
})

test.each(
  (['lzw', 'deflate'] as const).flatMap(compression =>
    [false, true].flatMap(tile => [0.2, 0.4, 0.6].map(place => ({ compression, tile, place }))),
  ),
)('a TIFF with damage amidst its pixels is refused: %j', async ({ place, ...options }) => {
  const file = await sharp(jpeg)
    .resize(200)
    .tiff({ ...options, tileWidth: 64, tileHeight: 64 })
    .toBuffer()
  await decode(file, 'x.tif')
  // In LZW, codes that nothing can have been given yet.
  const start = Math.round(file.length * place)
  file.fill(0xff, start, start + 24)
  await expect(decode(file, 'x.tif')).rejects.toThrow(/^x\.tif is damaged or truncated \(/)
})

test('120 megapixels are no bomb, and the limit is up to the caller', async () => {
  const large = tiff({ ...GRAY, 256: 12000, 257: 10000 })
  // It holds none of its pixels, which is found only after its size has passed.
  await expect(decode(large, 'x')).rejects.toThrow(/damaged or truncated/)
  await expect(decode(large, 'x', 100e6)).rejects.toThrow(/more than 100000000/)
  expect((await decode(tiff(GRAY), 'x', 16)).width).toBe(4)
  await expect(decode(tiff(GRAY), 'x', 15)).rejects.toThrow(/x has 4 x 4 pixels, more than 15/)
})

test('mirroring repeats the inside, not the edge', () => {
  expect(Array.from({ length: 9 }, (_, i) => mirror(i, 3))).toEqual([0, 1, 2, 1, 0, 1, 2, 1, 0])
  expect(mirror(5, 1)).toBe(0)
})
