import { copyFileSync, cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { expect, test, vi } from 'vitest'
import { DEFAULT_PACK } from '../../src/pack/default.ts'
import { temporaryFolder, uir } from '../support/command.ts'
import { difference, fixture, paint, shown } from '../support/images.ts'
import { results } from '../support/tree.ts'

// A machine with CUDA must not spoil the test of a device that isn't there.
vi.stubEnv('CUDA_VISIBLE_DEVICES', '-1')

/** Two experts at full weight: what they do to a photograph can't be overlooked. */
const MIX = 'noise=1,jpeg=1'

const BIRD = fixture('hummingbird.jpg')

/** Restores into a folder that goes with the test, and answers with what came out. */
function restore(args: readonly string[], options: { cwd?: string } = {}) {
  const folder = join(temporaryFolder(), 'out')
  const run = uir(['restore', ...args, '-o', folder], options)
  return { ...run, folder, outputs: Object.keys(results(folder)) }
}

function restorePng(...options: string[]): Promise<Uint8Array> {
  const { folder, status, stderr } = restore([BIRD, '--format', 'png', '--quiet', ...options])
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  return shown(join(folder, 'hummingbird.png'))
}

test('a folder is mirrored into restored/, names kept, and a second run skips what is there', () => {
  const folder = temporaryFolder()
  mkdirSync(join(folder, 'photos', 'deep'), { recursive: true })
  copyFileSync(BIRD, join(folder, 'photos', 'BIRD.JPG'))
  copyFileSync(fixture('kitten.webp'), join(folder, 'photos', 'deep', 'kitten.webp'))
  const before = readFileSync(join(folder, 'photos', 'BIRD.JPG'))

  const first = uir(['restore', 'photos', '--expert', MIX], { cwd: folder })
  expect(first).toMatchObject({ status: 0, stdout: '' })
  expect(first.stderr).toMatch(
    /^2 restored, in restored\n\d+\.\d s, \d+\.\d\d megapixels a second; experts: noise 2, jpeg 2\n$/,
  )
  expect(Object.keys(results(join(folder, 'restored')))).toEqual(['BIRD.JPG', join('deep', 'kitten.webp')])
  expect(readFileSync(join(folder, 'photos', 'BIRD.JPG'))).toEqual(before)
  const restored = readFileSync(join(folder, 'restored', 'BIRD.JPG'))
  expect(restored).not.toEqual(before)

  const second = uir(['restore', 'photos', '--expert', 'none'], { cwd: folder })
  expect(second.stderr).toMatch(/^0 restored, 2 skipped .*--overwrite/)
  expect(readFileSync(join(folder, 'restored', 'BIRD.JPG'))).toEqual(restored)
  const third = uir(['restore', 'photos', '--expert', 'none', '--overwrite', '--quiet'], { cwd: folder })
  expect(third).toMatchObject({ status: 0, stderr: '' })
  expect(readFileSync(join(folder, 'restored', 'BIRD.JPG'))).not.toEqual(restored)
})

test('an image in which nothing is detected is copied byte for byte, and the log says so', () => {
  const log = join(temporaryFolder(), 'log.ndjson')
  const { folder, stderr } = restore([BIRD, '--threshold', '1', '--log', log])
  expect(stderr).toContain('1 copied unchanged (nothing detected)')
  expect(readFileSync(join(folder, 'hummingbird.jpg'))).toEqual(readFileSync(BIRD))
  expect(JSON.parse(readFileSync(log, 'utf8'))).toMatchObject({ status: 'unchanged', mix: {} })
})

test('nothing detected and another format: the pixels stay', async () => {
  const { folder } = restore([BIRD, '--threshold', '1', '--format', 'png'])
  expect(difference(await shown(join(folder, 'hummingbird.png')), await shown(BIRD)).max).toBe(0)
})

test('the log has input, output, scores, mix and seconds; --json prints the same', () => {
  const log = join(temporaryFolder(), 'log.ndjson')
  const { stdout, stderr, folder } = restore([BIRD, '--expert', 'rain=0.7,noise=0.3', '--log', log, '--json'])
  expect(stderr).toBe('')
  expect(stdout).toBe(readFileSync(log, 'utf8'))
  const row = JSON.parse(stdout)
  expect(row).toMatchObject({
    input: BIRD,
    output: join(folder, 'hummingbird.jpg'),
    status: 'restored',
    mix: { rain: 0.7, noise: 0.3 },
  })
  expect(Object.keys(row.scores)).toHaveLength(10)
  expect(row.seconds).toBeGreaterThan(0)
})

test('the mix of detect is the mix of restore', () => {
  const options = ['--threshold', '0', '--top-k', '2', '--norm', 'sum', '--json']
  const detected = JSON.parse(uir(['detect', BIRD, ...options]).stdout)
  const restored = JSON.parse(restore([BIRD, ...options]).stdout)
  expect(restored.mix).toEqual(detected.mix)
  expect(restored.scores).toEqual(detected.scores)
})

test('--expert: a name, weights, none, and --strength 0 give what they say', async () => {
  const original = await shown(BIRD)
  const none = await restorePng('--expert', 'none')
  const weightless = await restorePng('--expert', 'noise=0')
  const full = await restorePng('--expert', MIX)
  expect(weightless).toEqual(none)
  expect(full).not.toEqual(none)
  expect(await restorePng('--expert', MIX, '--strength', '0')).toEqual(original)
  const half = await restorePng('--expert', MIX, '--strength', '0.5')
  expect(
    difference(
      half,
      Uint8Array.from(full, (value, i) => (value + original[i]!) / 2),
    ).max,
  ).toBeLessThanOrEqual(1)
})

test('an adapter that compose wrote gives the pixels of its mix', async () => {
  const storm = join(temporaryFolder(), 'storm')
  expect(uir(['compose', 'rain=0.7', 'noise=0.3', '-o', storm]).status).toBe(0)
  expect(await restorePng('--expert', storm)).toEqual(await restorePng('--expert', 'noise=0.3,rain=0.7'))
})

test('a shadow named by hand is told to the network', async () => {
  const deaf = join(temporaryFolder(), 'pack')
  cpSync(DEFAULT_PACK, deaf, { recursive: true })
  const manifest = JSON.parse(readFileSync(join(deaf, 'pack.json'), 'utf8'))
  manifest.router.told = []
  writeFileSync(join(deaf, 'pack.json'), JSON.stringify(manifest))
  const differs = async (expert: string) => {
    const told = await restorePng('--expert', expert)
    return difference(told, await restorePng('--expert', expert, '--pack', deaf)).max > 0
  }
  expect([await differs('shadow'), await differs('noise')]).toEqual([true, false])
})

test('one job and two give the same bytes', () => {
  const [one, two] = ['1', '2'].map(jobs => {
    const { folder } = restore([BIRD, '--expert', MIX, '--tile', '128', '--jobs', jobs, '--device', 'cpu'])
    return readFileSync(join(folder, 'hummingbird.jpg'))
  })
  expect(two).toEqual(one)
})

const ALONE = ['blur', 'jpeg', 'lowlight', 'noise', 'raindrop', 'rain', 'shadow', 'snow', 'inpaint']

// Haze, told to look for it where there is none, differs by 7.
test.each([...ALONE, MIX, 'noise=0.5,jpeg=0.5', 'none'])(
  'tiles leave no seam on a smooth gradient: %s',
  async mix => {
    const folder = temporaryFolder()
    const gradient = paint(
      1100,
      700,
      3,
      (x, y, channel) => [0.2 + 0.6 * x, 0.3 + 0.4 * y, 0.8 - 0.3 * x - 0.3 * y][channel]!,
    )
    await sharp(gradient, { raw: { width: 1100, height: 700, channels: 3 } })
      .png()
      .toFile(join(folder, 'gradient.png'))
    const [tiled, whole] = await Promise.all(
      ['512', '2048'].map(async tile => {
        const { folder: out } = restore([join(folder, 'gradient.png'), '--expert', mix, '--tile', tile])
        return await shown(join(out, 'gradient.png'))
      }),
    )
    const { mean, max } = difference(tiled!, whole!)
    expect(mean).toBeLessThanOrEqual(1)
    expect(max).toBeLessThanOrEqual(4)
  },
)

test.each([1, 7, 16, 100])('an image of %i pixels a side works', async side => {
  const folder = temporaryFolder()
  await sharp(BIRD).resize(side, side, { fit: 'fill' }).png().toFile(join(folder, 'small.png'))
  const { folder: out, status } = restore([join(folder, 'small.png'), '--expert', MIX])
  expect(status).toBe(0)
  expect(await sharp(join(out, 'small.png')).metadata()).toMatchObject({ width: side, height: side })
})

test('--quality and --format decide about the file', async () => {
  const { folder: low } = restore([BIRD, '--expert', 'none', '--format', 'webp', '--quality', '30'])
  const { folder: high } = restore([BIRD, '--expert', 'none', '--format', 'webp', '--quality', '95'])
  const size = (folder: string) => readFileSync(join(folder, 'hummingbird.webp')).length
  expect(size(low)).toBeLessThan(size(high) / 2)
  expect(await sharp(join(low, 'hummingbird.webp')).metadata()).toMatchObject({ format: 'webp' })
})

test('orientation, profile, EXIF and XMP of a camera file survive', async () => {
  const { folder } = restore([fixture('camera.jpg'), '--expert', MIX])
  const before = await sharp(fixture('camera.jpg')).metadata()
  const after = await sharp(join(folder, 'camera.jpg')).metadata()
  expect(after).toMatchObject({ format: 'jpeg', width: 320, height: 180, orientation: 1 })
  expect(after.icc).toEqual(before.icc)
  expect(after.xmpAsString).toBe(before.xmpAsString)
  expect(after.exif!.includes('Kodak')).toBe(true)
  const { mean } = difference(await shown(join(folder, 'camera.jpg')), await shown(fixture('camera.jpg')))
  expect(mean).toBeLessThan(20)
})

test('alpha and 16 bits survive', async () => {
  const folder = temporaryFolder()
  const samples = paint(120, 90, 4, (x, y, channel) => [x, y, 1 - x, 0.25 + 0.7 * y][channel]!)
  await sharp(samples, { raw: { width: 120, height: 90, channels: 4 } })
    .toColourspace('rgb16')
    .png()
    .toFile(join(folder, 'deep.png'))
  const { folder: out } = restore([join(folder, 'deep.png'), '--expert', MIX])
  const result = sharp(join(out, 'deep.png'))
  expect(await result.metadata()).toMatchObject({ depth: 'ushort', channels: 4 })
  const bytes = await result.toColourspace('rgb16').raw({ depth: 'ushort' }).toBuffer()
  const restored = new Uint16Array(bytes.buffer, bytes.byteOffset, samples.length)
  expect(restored.every((value, i) => i % 4 !== 3 || value === samples[i])).toBe(true)
  expect(new Set(restored.map(value => value % 257)).size).toBeGreaterThan(100)
})

test('one bad image costs nothing but itself', () => {
  const folder = temporaryFolder()
  copyFileSync(BIRD, join(folder, 'good.jpg'))
  writeFileSync(join(folder, 'half.jpg'), readFileSync(BIRD).subarray(0, 8000))
  writeFileSync(join(folder, 'text.jpg'), 'dear diary')
  const log = join(temporaryFolder(), 'log')
  const { status, stderr, outputs } = restore([
    folder,
    join(folder, 'missing.jpg'),
    '--expert',
    'none',
    '--log',
    log,
  ])
  expect(status).toBe(3)
  expect(outputs).toEqual(['good.jpg'])
  const lines = stderr.trim().split('\n')
  expect(lines).toEqual([
    expect.stringMatching(/text\.jpg is no image: ignored$/),
    expect.stringMatching(/^1 restored, 1 ignored \(no image\), 2 failed, in /),
    expect.stringMatching(/megapixels a second$/),
    expect.stringMatching(/missing\.jpg does not exist; check/),
    expect.stringMatching(/half\.jpg is damaged or truncated .*; get/),
    'uir: 2 of 4 inputs failed; see the lines above',
  ])
  const rows = readFileSync(log, 'utf8').trim().split('\n')
  expect(rows.map(row => JSON.parse(row).status)).toEqual(['failed', 'restored', 'failed', 'ignored'])
})

test.each<[string, (folder: string) => string[], number, RegExp]>([
  [
    'an image over the limit',
    () => [BIRD, '--max-pixels', '1000'],
    3,
    /hummingbird\.jpg has \d+ x \d+ pixels, more than 1000; raise --max-pixels/,
  ],
  ['a limit of nothing', () => [BIRD, '--max-pixels', '0'], 2, /--max-pixels .*whole number above 0/],
  ['a missing path', folder => [join(folder, 'none.jpg')], 2, /none\.jpg does not exist; check the path$/],
  ['an empty folder', folder => [folder], 2, /holds no images; it needs files like \.jpg/],
  ['a glob without a match', folder => [join(folder, '*.jpg')], 2, /nothing matches .*; check the pattern$/],
  [
    'an unknown expert',
    () => [BIRD, '--expert', 'rian'],
    2,
    /no expert named "rian".*; did you mean rain\?$/,
  ],
  ['a weight that is no number', () => [BIRD, '--expert', 'rain=x'], 2, /weight of rain is no number/],
  ['a strength out of range', () => [BIRD, '--strength', '2'], 2, /--strength .*0 to 1/],
  [
    'a tile that is too small',
    () => [BIRD, '--tile', '40'],
    2,
    /--tile 40 is too small.*; give \d+ or more$/,
  ],
  ['an unknown format', () => [BIRD, '--format', 'bmp'], 2, /--format .*jpeg, png, webp, avif, tiff/],
  ['a log in no folder', () => [BIRD, '--log', '/nowhere/log.ndjson'], 2, /log\.ndjson cannot be written/],
  [
    'a device that is not there',
    () => [BIRD, '--device', 'cuda'],
    5,
    /device cuda does not start: .*; use --device cpu/,
  ],
])('%s is one line', (_, args, code, message) => {
  const { status, stderr, stdout } = restore(args(temporaryFolder()))
  expect({ status, stdout }).toEqual({ status: code, stdout: '' })
  expect(stderr.trim().split('\n')).toHaveLength(1)
  expect(stderr.trim()).toMatch(message)
})

test('an output folder that is a file is one line and exit code 2', () => {
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'taken'), '')
  const { status, stderr } = uir(['restore', BIRD, '-o', join(folder, 'taken')])
  expect(status).toBe(2)
  expect(stderr).toMatch(
    /^uir: \S*taken cannot be written: a part of the path is a file; choose another place\n$/,
  )
})

test('the input is never overwritten', () => {
  const folder = temporaryFolder()
  copyFileSync(BIRD, join(folder, 'bird.jpg'))
  const { status, stderr } = uir(['restore', 'bird.jpg', '-o', '.', '--overwrite'], { cwd: folder })
  expect(status).toBe(2)
  expect(stderr).toMatch(/would replace the input bird\.jpg; choose another folder with -o\n$/)
  expect(readFileSync(join(folder, 'bird.jpg'))).toEqual(readFileSync(BIRD))
})
