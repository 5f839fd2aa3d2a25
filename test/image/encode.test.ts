import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { decode } from '../../src/image/decode.ts'
import { encode, requireRoom } from '../../src/image/encode.ts'
import { FORMATS } from '../../src/image/format.ts'
import { addExif, exifOfTiff } from '../../src/image/tiff.ts'
import { temporaryFolder } from '../support/command.ts'
import { difference, fixture, insertSegment, paint, shown } from '../support/images.ts'

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

/** Display P3 as sharp knows it. */
async function displayP3(): Promise<Buffer> {
  return (await sharp(await photo().resize(8).withIccProfile('p3').png().toBuffer()).metadata()).icc!
}

/** The same primaries with samples that are proportional to light. */
async function linearP3(): Promise<string> {
  const icc = await displayP3()
  for (const tag of ['rTRC', 'gTRC', 'bTRC']) {
    icc.write('curv\0\0\0\0\0\0\0\0', icc.readUInt32BE(icc.indexOf(tag, 128) + 4), 'latin1')
  }
  const path = join(temporaryFolder(), 'linear.icc')
  writeFileSync(path, icc)
  return path
}

const raw = (file: Uint8Array) => sharp(file, { ignoreIcc: true }).raw().toBuffer()

test('colours that only Display P3 has stay as they are, and so does the profile', async () => {
  const icc = await displayP3()
  const pixels = Buffer.from([255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 0])
  const flat = await sharp(pixels, { raw: { width: 4, height: 1, channels: 3 } })
    .resize(64, 16, { kernel: 'nearest', fit: 'fill' })
    .jpeg({ quality: 100, chromaSubsampling: '4:4:4' })
    .toBuffer()
  const payload = Buffer.concat([Buffer.from('ICC_PROFILE\0\x01\x01', 'latin1'), icc])
  const source = insertSegment(flat, 0xe2, payload)
  const result = await roundTrip(source, { format: 'png' })
  expect((await sharp(result).metadata()).icc).toEqual(icc)
  expect(await raw(result)).toEqual(await raw(source))
  expect(await shown(result)).toEqual(await shown(source))
})

test.each([
  ['8-bit', (icc: string) => photo().withIccProfile(icc).png().toBuffer()],
  ['16-bit', (icc: string) => deep().removeAlpha().withIccProfile(icc).png().toBuffer()],
])('%s samples of a linear profile come back through it', async (_, make) => {
  const source = await make(await linearP3())
  const { profile } = (await decode(source, 'test')).origin
  expect(profile).toEqual((await sharp(source).metadata()).icc)
  const result = await roundTrip(source)
  expect((await sharp(result).metadata()).icc).toEqual(profile)
  expect(difference(await raw(result), await raw(source)).max).toBeLessThanOrEqual(3)
})

test('samples of an sRGB profile are not converted', async () => {
  const source = await photo().withIccProfile('srgb').png().toBuffer()
  const { origin } = await decode(source, 'test')
  expect(origin.profile).toBeUndefined()
  const result = await roundTrip(source)
  expect((await sharp(result).metadata()).icc).toEqual((await sharp(source).metadata()).icc)
  expect(difference(await shown(result), await shown(source)).max).toBe(0)
})

test('CMYK gives the colours that were printed', async () => {
  const plain = await photo().resize(64).png().toBuffer()
  const printed = await sharp(plain)
    .toColourspace('cmyk')
    .withIccProfile('cmyk')
    .jpeg({ quality: 100 })
    .toBuffer()
  // The gamut of the press is smaller: no exact match.
  expect(difference(await shown(await roundTrip(printed)), await shown(plain)).mean).toBeLessThan(10)
  const { icc, space } = await sharp(await roundTrip(printed)).metadata()
  expect({ icc, space }).toEqual({ icc: undefined, space: 'srgb' })
})

test('AVIF keeps 10 bits', async () => {
  const source = await deep().avif({ bitdepth: 10, quality: 90 }).toBuffer()
  const result = await roundTrip(source)
  expect(await sharp(result).metadata()).toMatchObject({ bitsPerSample: 10, channels: 4 })
  expect(difference(await shown(result), await shown(source)).mean).toBeLessThan(1.6)
})

test('IPTC of a JPEG file survives', async () => {
  const keyword = '\x1c\x02\x19\0\x05birds'
  const iptc = Buffer.from(`Photoshop 3.0\x008BIM\x04\x04\0\0\0\0\0\x0a${keyword}`, 'latin1')
  const source = insertSegment(await photo().resize(64).jpeg().toBuffer(), 0xed, iptc)
  const result = await sharp(await roundTrip(source)).metadata()
  expect(result).toMatchObject({ format: 'jpeg', width: 64 })
  expect(result.iptc).toEqual(iptc)
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

test('EXIF moves from JPEG into TIFF, from TIFF into TIFF, and back into JPEG', async () => {
  const tiff = await roundTrip(camera, { format: 'tiff' })
  const again = await roundTrip(tiff)
  const jpeg = await roundTrip(again, { format: 'jpeg' })
  for (const text of ['Kodak', 'Zoë Ångstr', '2024:05:06 07:08:09']) {
    for (const file of [tiff, again, (await sharp(jpeg).metadata()).exif!])
      expect(file.includes(text)).toBe(true)
  }
  expect(jpeg.indexOf('Exif\0\0')).toBe(jpeg.lastIndexOf('Exif\0\0'))
  expect(await sharp(jpeg).metadata()).toMatchObject({ width: 320, height: 180 })
  expect(await shown(again)).toEqual(await shown(tiff))
  expect(difference(await shown(tiff), await shown(camera)).mean).toBeLessThan(1.6)
})

test.each(FORMATS)('EXIF of a 16-bit TIFF with alpha moves into %s, upright', async format => {
  const samples = await deep().tiff({ compression: 'lzw' }).toBuffer()
  const source = addExif(samples, (await sharp(camera).metadata()).exif!)
  const result = await roundTrip(source, { format })
  const { exif = exifOfTiff(result), orientation = 1 } = await sharp(result).metadata()
  for (const text of ['Kodak', 'Zoë Ångstr', '2024:05:06 07:08:09']) expect(exif?.includes(text)).toBe(true)
  // 51 and 30/1, degrees and minutes of the latitude.
  expect(exif?.includes(Buffer.from(Uint32Array.of(51, 1, 30, 1).buffer))).toBe(true)
  expect(orientation).toBe(1)
  expect(difference(await shown(result), await shown(samples)).mean).toBeLessThan(1.6)
})

test.each(['jpeg', 'webp', 'avif'] as const)('quality changes the size of %s', async format => {
  const image = await decode(await photo().resize(64).png().toBuffer(), 'test')
  const [low, standard, high] = await Promise.all(
    [30, undefined, 100].map(async quality => (await encode(image, { format, quality })).length),
  )
  expect(low).toBeLessThan(standard! / 2)
  expect(standard).toBeLessThan(high!)
})

test.each(['png', 'tiff'] as const)('quality leaves %s as it is', async format => {
  const image = await decode(await photo().resize(64).png().toBuffer(), 'test')
  expect(await encode(image, { format, quality: 1 })).toEqual(await encode(image, { format }))
})

test.each([
  ['webp', 16383],
  ['avif', 16384],
  ['jpeg', 65500],
] as const)('a side too long for %s is refused before the work', async (format, longest) => {
  const strip = async (width: number) =>
    await decode(
      await sharp({ create: { width, height: 1, channels: 3, background: '#888' } })
        .png()
        .toBuffer(),
      'x',
    )
  const longer = await strip(longest + 1)
  await expect(encode(longer, { format })).rejects.toThrow()
  expect(() => requireRoom(longer, format, 'x.png')).toThrow(
    `and ${format} holds no more than ${longest} a side`,
  )
  const fits = await strip(longest)
  requireRoom(fits, format, 'x.png')
  expect((await sharp(await encode(fits, { format })).metadata()).width).toBe(longest)
})
