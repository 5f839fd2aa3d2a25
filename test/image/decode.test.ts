import { readFileSync } from 'node:fs'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { decode } from '../../src/image/decode.ts'
import { mirror } from '../../src/image/mirror.ts'
import { fixture } from '../support/images.ts'

const jpeg = readFileSync(fixture('hummingbird.jpg'))
const webp = readFileSync(fixture('kitten.webp'))
const png = readFileSync(fixture('circuits.png'))

test('samples lie on shared memory', async () => {
  const { samples, width, height, channels } = await decode(png, 'circuits.png')
  expect(samples.buffer).toBeInstanceOf(SharedArrayBuffer)
  expect(samples.length).toBe(width * height * channels)
})

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

test.each<[string, () => Promise<Uint8Array>, RegExp]>([
  ['an empty file', async () => new Uint8Array(), /^x\.jpg is empty/],
  ['text', async () => Buffer.from('not an image'), /^x\.jpg is no image/],
  ['half a JPEG', async () => jpeg.subarray(0, jpeg.length / 2), /^x\.jpg is damaged or truncated/],
  ['half a PNG', async () => png.subarray(0, png.length / 2), /^x\.jpg is damaged or truncated/],
  ['half a WebP', async () => webp.subarray(0, webp.length / 2), /^x\.jpg is damaged or truncated/],
  ['a GIF', () => sharp(jpeg).resize(32).gif().toBuffer(), /^x\.jpg is a gif file, which is not supported/],
  ['an animation', animation, /^x\.jpg holds 2 frames/],
])('%s is refused by name', async (_, make, message) => {
  await expect(decode(await make(), 'x.jpg')).rejects.toMatchObject({
    code: 'image',
    message: expect.stringMatching(message),
  })
})

test('mirroring repeats the inside, not the edge', () => {
  expect(Array.from({ length: 9 }, (_, i) => mirror(i, 3))).toEqual([0, 1, 2, 1, 0, 1, 2, 1, 0])
  expect(mirror(5, 1)).toBe(0)
})
