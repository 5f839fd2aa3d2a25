import { readFileSync } from 'node:fs'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { decode } from '../../src/image/decode.ts'
import { encode } from '../../src/image/encode.ts'
import { FORMATS } from '../../src/image/format.ts'
import { difference, fixture, paint, shown } from '../support/images.ts'

const photo = () => sharp(fixture('hummingbird.jpg'))
const gradient = paint(96, 64, 4, (x, y, channel) => [x, y, 1 - x, 0.25 + 0.75 * y][channel]!)
const deep = () => sharp(gradient, { raw: { width: 96, height: 64, channels: 4 } }).toColourspace('rgb16')

async function roundTrip(bytes: Uint8Array, options?: Parameters<typeof encode>[1]): Promise<Buffer> {
  return await encode(await decode(bytes, 'test'), options)
}

const SOURCES: [string, () => Promise<Buffer>, object][] = [
  ['JPEG', () => photo().jpeg().toBuffer(), { format: 'jpeg', space: 'srgb' }],
  ['gray JPEG', () => photo().toColourspace('b-w').jpeg().toBuffer(), { format: 'jpeg', space: 'b-w' }],
  [
    'CMYK JPEG',
    () => photo().toColourspace('cmyk').withIccProfile('cmyk').jpeg().toBuffer(),
    { space: 'srgb' },
  ],
  ['palette PNG', () => photo().png({ palette: true }).toBuffer(), { format: 'png', channels: 3 }],
  [
    'gray PNG with alpha',
    () => photo().toColourspace('b-w').ensureAlpha(0.5).png().toBuffer(),
    { channels: 2 },
  ],
  ['WebP with alpha', () => photo().ensureAlpha(0.5).webp().toBuffer(), { format: 'webp', channels: 4 }],
  ['AVIF', () => photo().avif().toBuffer(), { format: 'heif', compression: 'av1' }],
  ['TIFF', () => photo().tiff({ compression: 'lzw' }).toBuffer(), { format: 'tiff', space: 'srgb' }],
]

test.each(SOURCES)('%s keeps its format, kind and look', async (_, make, expected) => {
  const source = await make()
  const result = await roundTrip(source)
  expect(await sharp(result).metadata()).toMatchObject(expected)
  expect(difference(await shown(result), await shown(source)).mean).toBeLessThan(1.6)
})

test.each(['png', 'tiff'] as const)('16-bit %s stays exact', async format => {
  const source = await deep()
    [format](format === 'tiff' ? { compression: 'lzw' } : {})
    .toBuffer()
  const result = sharp(await roundTrip(source))
  expect(await result.metadata()).toMatchObject({ format, depth: 'ushort', channels: 4 })
  const bytes = await result.toColourspace('rgb16').raw({ depth: 'ushort' }).toBuffer()
  expect(new Uint16Array(bytes.buffer, bytes.byteOffset, gradient.length)).toEqual(gradient)
})

test.each(FORMATS)('a 16-bit image with alpha can become %s', async format => {
  const result = await roundTrip(await deep().png().toBuffer(), { format })
  const flat = await deep().png().toBuffer()
  expect(difference(await shown(result), await shown(flat)).mean).toBeLessThan(1.6)
})

test.each([
  ['8-bit', () => photo().withIccProfile('p3').png().toBuffer()],
  ['16-bit', () => deep().removeAlpha().withIccProfile('p3').png().toBuffer()],
])('%s samples in another profile come back through it', async (_, make) => {
  const source = await make()
  const { profile } = (await decode(source, 'test')).origin
  expect(profile).toEqual((await sharp(source).metadata()).icc)
  const result = await roundTrip(source)
  expect((await sharp(result).metadata()).icc).toEqual(profile)
  const [a, b] = await Promise.all(
    [source, result].map(file => sharp(file, { ignoreIcc: true }).raw().toBuffer()),
  )
  expect(difference(a!, b!).max).toBeLessThanOrEqual(3)
})

test('samples of an sRGB profile are not converted', async () => {
  const source = await photo().withIccProfile('srgb').png().toBuffer()
  const { origin } = await decode(source, 'test')
  expect(origin.profile).toBeUndefined()
  const result = await roundTrip(source)
  expect((await sharp(result).metadata()).icc).toEqual((await sharp(source).metadata()).icc)
  expect(difference(await shown(result), await shown(source)).max).toBe(0)
})

const camera = readFileSync(fixture('camera.jpg'))

test('a camera file comes out upright, with EXIF and XMP and without its old thumbnail', async () => {
  const before = await sharp(camera).metadata()
  expect(before).toMatchObject({ width: 180, height: 320, orientation: 6 })
  expect(before.exif!.includes(Buffer.of(0xff, 0xd8, 0xff))).toBe(true)
  const result = await roundTrip(camera)
  const after = await sharp(result).metadata()
  expect(after).toMatchObject({ width: 320, height: 180, orientation: 1 })
  expect(after.exif!.includes(Buffer.of(0xff, 0xd8, 0xff))).toBe(false)
  for (const text of ['Kodak', 'Zoë Ångstr', '2024:05:06 07:08:09'])
    expect(after.exif!.includes(text)).toBe(true)
  expect(after.xmpAsString).toBe(before.xmpAsString)
  expect(difference(await shown(result), await shown(camera)).mean).toBeLessThan(1.6)
})

test.each(['png', 'webp', 'avif'] as const)('metadata move into %s', async format => {
  const { exif, xmp, icc } = await sharp(await roundTrip(camera, { format })).metadata()
  expect(exif?.includes('Kodak')).toBe(true)
  expect(xmp?.includes('xmp:Rating="5"')).toBe(true)
  expect(icc).toEqual((await sharp(camera).metadata()).icc)
})

test('quality changes the size', async () => {
  const bytes = readFileSync(fixture('hummingbird.jpg'))
  const [low, high] = [await roundTrip(bytes, { quality: 40 }), await roundTrip(bytes, { quality: 98 })]
  expect(low.length).toBeLessThan(high.length / 2)
})
