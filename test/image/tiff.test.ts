import sharp from 'sharp'
import { expect, test } from 'vitest'
import { addExif, exifOfTiff } from '../../src/image/tiff.ts'
import { fixture } from '../support/images.ts'

type Entry = [id: number, type: number, count: number, value: Buffer]

/** A block with a maker and, below, a sensitivity and an exposure time of 1/60, as cameras of this byte order write it. */
function block(little: boolean): Buffer {
  const integer = (value: number, length: 2 | 4) => {
    const bytes = Buffer.alloc(length)
    if (little) bytes.writeUIntLE(value, 0, length)
    else bytes.writeUIntBE(value, 0, length)
    return bytes
  }
  const short = (value: number) => integer(value, 2)
  const long = (value: number) => integer(value, 4)
  const directory = (...entries: Entry[]) =>
    Buffer.concat([
      short(entries.length),
      ...entries.map(([id, type, count, value]) =>
        Buffer.concat([short(id), short(type), long(count), value, Buffer.alloc(4 - value.length)]),
      ),
      long(0),
    ])
  // 8 bytes of header, 30 of the first directory, 6 of the maker; 30 of the second, 8 of the time.
  return Buffer.concat([
    Buffer.from(little ? 'II' : 'MM'),
    short(42),
    long(8),
    directory([271, 2, 6, long(38)], [34665, 4, 1, long(44)]),
    Buffer.from('Maker\0'),
    directory([33434, 5, 1, long(74)], [34855, 3, 1, short(400)]),
    long(1),
    long(60),
  ])
}

const image = () => sharp(fixture('kitten.webp')).resize(64).tiff({ compression: 'lzw' }).toBuffer()

test.each([
  ['little-endian', true],
  ['big-endian', false],
])('a %s block goes into a file and comes out little-endian, and the pixels stay', async (_, little) => {
  const tiff = await image()
  const result = addExif(tiff, Buffer.concat([Buffer.from('Exif\0\0'), block(little)]))
  expect(exifOfTiff(result)).toEqual(block(true))
  expect(await sharp(result).raw().toBuffer()).toEqual(await sharp(tiff).raw().toBuffer())
})

test('a file without EXIF has none, and a block without use changes nothing', async () => {
  const tiff = await image()
  expect(exifOfTiff(tiff)).toBeUndefined()
  expect(addExif(tiff, Buffer.from('Exif\0\0nonsense'))).toBe(tiff)
})

test('a block cut anywhere, or in a circle, harms nothing', async () => {
  const tiff = await image()
  for (let end = 0; end < block(true).length; end++) {
    expect(addExif(tiff, block(true).subarray(0, end))).toBe(tiff)
  }
  const circle = block(true)
  circle.writeUInt32LE(8, 30)
  expect((await sharp(addExif(tiff, circle)).metadata()).width).toBe(64)
})
