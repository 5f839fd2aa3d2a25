import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import sharp, { type Sharp } from 'sharp'
import { expect, test } from 'vitest'
import { FORMATS } from '../../src/image/format.ts'
import { temporaryFolder, uir } from '../support/command.ts'
import { difference, fixture, paint, shown } from '../support/images.ts'

const photo = () => sharp(fixture('hummingbird.jpg')).resize(64)
const samples = paint(64, 48, 3, (x, y, channel) => [x, y, 0.3 + 0.4 * x * y][channel]!)
const deep = () => sharp(samples, { raw: { width: 64, height: 48, channels: 3 } }).toColourspace('rgb16')

/** TIFF is JPEG inside otherwise, and of 8 bits. */
const LOSSLESS = { compression: 'deflate' } as const

/** What each file must still be when it comes out. */
const FILES: Readonly<Record<string, [make: Sharp, expected: object]>> = {
  'photo.jpg': [photo().jpeg(), { format: 'jpeg', space: 'srgb', depth: 'uchar' }],
  'photo.png': [photo().png(), { format: 'png', channels: 3 }],
  'photo.webp': [photo().webp(), { format: 'webp' }],
  'photo.avif': [photo().avif(), { format: 'heif', compression: 'av1', bitsPerSample: 8 }],
  'photo.tif': [photo().tiff(), { format: 'tiff', depth: 'uchar' }],
  'gray.jpg': [photo().toColourspace('b-w').jpeg(), { format: 'jpeg', space: 'b-w', channels: 1 }],
  'gray.png': [photo().toColourspace('b-w').png(), { format: 'png', space: 'b-w' }],
  'gray16.tif': [
    deep().toColourspace('grey16').tiff(LOSSLESS),
    { format: 'tiff', space: 'grey16', depth: 'ushort' },
  ],
  'print.jpg': [
    photo().toColourspace('cmyk').withIccProfile('cmyk').jpeg(),
    { format: 'jpeg', space: 'srgb', hasProfile: false },
  ],
  'deep.png': [deep().png(), { format: 'png', depth: 'ushort', space: 'rgb16' }],
  'deep.tif': [deep().tiff(LOSSLESS), { format: 'tiff', depth: 'ushort', space: 'rgb16' }],
  'deep.avif': [deep().avif({ bitdepth: 10 }), { compression: 'av1', bitsPerSample: 10 }],
  'phone.jpg': [
    photo()
      .withIccProfile('p3')
      .withExif({ IFD0: { Model: 'Phone 9' } })
      .jpeg(),
    { format: 'jpeg', hasProfile: true, exif: expect.toSatisfy((exif: Buffer) => exif.includes('Phone 9')) },
  ],
  'cut-out.webp': [photo().ensureAlpha(0.5).webp(), { format: 'webp', hasAlpha: true }],
  'cut-out.avif': [photo().ensureAlpha(0.5).avif(), { compression: 'av1', hasAlpha: true }],
  'cut-out.tif': [photo().ensureAlpha(0.5).tiff(LOSSLESS), { format: 'tiff', hasAlpha: true }],
}

test('one run restores every format and kind, and each comes out as it was', async () => {
  const folder = temporaryFolder()
  mkdirSync(join(folder, 'in'))
  await Promise.all(Object.entries(FILES).map(([name, [make]]) => make.toFile(join(folder, 'in', name))))
  const run = uir(['restore', 'in', '--expert', 'noise', '--strength', '0.5', '-o', 'out'], { cwd: folder })
  expect(run.status).toBe(0)
  expect(run.stderr).toContain('16 restored')
  for (const [name, [, expected]] of Object.entries(FILES)) {
    const result = join(folder, 'out', name)
    expect({ name, ...(await sharp(result).metadata()) }).toMatchObject({ name, ...expected })
    const { mean } = difference(await shown(result), await shown(join(folder, 'in', name)))
    expect({ name, isAlike: mean < 12 }).toEqual({ name, isAlike: true })
  }
})

test.each(FORMATS)('16 bits with alpha become %s', async format => {
  const folder = temporaryFolder()
  await deep().ensureAlpha(0.5).png().toFile(join(folder, 'deep.png'))
  const args = [
    'restore',
    'deep.png',
    '--expert',
    'noise=0.1',
    '--strength',
    '0',
    '--format',
    format,
    '-o',
    'out',
  ]
  expect(uir(args, { cwd: folder })).toMatchObject({ status: 0 })
  const [name = ''] = readdirSync(join(folder, 'out')).filter(found => !found.startsWith('.'))
  const result = join(folder, 'out', name)
  expect(name).toBe(`deep.${{ jpeg: 'jpg', tiff: 'tif', png: 'png', webp: 'webp', avif: 'avif' }[format]}`)
  expect((await sharp(result).metadata()).hasAlpha).toBe(format !== 'jpeg')
  const { mean } = difference(await shown(result), await shown(join(folder, 'deep.png')))
  expect(mean).toBeLessThan(2)
})

test('what is no photograph is refused by content, each in one line with the way out', async () => {
  const folder = temporaryFolder()
  const heic = Buffer.from('\0\0\0\x18ftypheic\0\0\0\0mif1heic')
  const gif = await photo().gif().toBuffer()
  for (const [name, bytes] of Object.entries({
    a: gif,
    b: heic,
    c: 'FUJIFILMCCD-RAW 0201FF129502',
    d: '%PDF-1.7\n',
  })) {
    writeFileSync(join(folder, `${name}.jpg`), bytes)
  }
  await sharp({ create: { width: 16400, height: 1, channels: 3, background: '#888' } })
    .png()
    .toFile(join(folder, 'wide.png'))
  const files = ['a.jpg', 'b.jpg', 'c.jpg', 'd.jpg', 'wide.png']
  const { status, stderr } = uir(['restore', ...files, '--format', 'webp', '-o', 'out'], { cwd: folder })
  expect(status).toBe(3)
  expect(stderr.trim().split('\n')).toEqual([
    'uir: a.jpg is a GIF, which holds no more than 256 colours; convert it to PNG first',
    expect.stringMatching(/^uir: b\.jpg is a HEIC file, .*; convert it to PNG first/),
    expect.stringMatching(/^uir: c\.jpg is a raw file, .*; develop it to TIFF first/),
    expect.stringMatching(/^uir: d\.jpg is a PDF document; take its images out/),
    expect.stringMatching(
      /^uir: wide\.png has 16400 x 1 pixels, and webp holds .*; choose --format png or tiff/,
    ),
    'uir: 5 of 5 inputs failed; see the lines above',
  ])
})
