import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { temporaryFolder, uir } from '../support/command.ts'
import { fixture } from '../support/images.ts'
import { idlePack } from '../support/pack.ts'

const PRELOAD = pathToFileURL(join(import.meta.dirname, '../support/peak.mjs')).href

/** A folder with JPEG files of this size. */
async function photos(count: number, width: number, height: number): Promise<string> {
  const folder = join(temporaryFolder(), 'photos')
  mkdirSync(folder)
  const photo = sharp(fixture('camera.jpg')).resize(width, height, { fit: 'fill', kernel: 'nearest' }).jpeg()
  for (let i = 0; i < count; i++) await photo.clone().toFile(join(folder, `${i}.jpg`))
  return folder
}

/** Restores a folder. */
function restore(folder: string, ...options: string[]) {
  const out = temporaryFolder()
  const peaks = join(temporaryFolder(), 'peaks')
  const args = ['restore', folder, '-o', out, '--expert', 'noise', '--device', 'cpu', ...options]
  const { status, stderr } = uir(args, { env: { NODE_OPTIONS: `--import=${PRELOAD}`, UIR_PEAK: peaks } })
  const bytes = readFileSync(peaks, 'utf8').trim().split('\n').map(Number)
  const files = readdirSync(out).filter(name => !name.startsWith('.'))
  return { status, stderr, out, files, peak: Math.max(...bytes) }
}

test('an image of 120 megapixels takes less than 2 GB', async () => {
  const folder = await photos(1, 12000, 10000)
  const { files, out, peak } = restore(folder, '--jobs', '2', '--pack', idlePack())
  expect(await sharp(join(out, files[0]!)).metadata()).toMatchObject({ width: 12000, height: 10000 })
  // The network of the default pack would take 200 MB more.
  expect(peak).toBeLessThan(1.8e9)
})

test('images of 24 megapixels side by side stay below --memory', async () => {
  const folder = await photos(5, 6000, 4000)
  const { files, peak } = restore(folder, '--jobs', '2', '--pack', idlePack(), '--memory', '1GB')
  expect(files).toHaveLength(5)
  expect(peak).toBeLessThan(1e9)
})

test('with little memory tiles are small, as if --tile had asked for that, and the run stays below it', async () => {
  const folder = await photos(3, 900, 700)
  const little = restore(folder, '--jobs', '1', '--memory', '510MB')
  expect(little.peak).toBeLessThan(510e6)
  const asked = restore(folder, '--jobs', '1', '--tile', '128')
  for (const name of ['0.jpg', '2.jpg']) {
    expect(readFileSync(join(little.out, name)).equals(readFileSync(join(asked.out, name)))).toBe(true)
  }
})

test.each([
  ['much', /--memory.*must be a size such as 2GB or 800MB/],
  ['1.5', /^uir: 0 MB of --memory are too little for 2 jobs; give \d+MB or more or use fewer --jobs$/],
  ['300MiB', /^uir: 314 MB of --memory are too little for 2 jobs/],
])('--memory %s is refused in one line', (size, message) => {
  const { status, stderr } = uir(['detect', fixture('camera.jpg'), '--jobs', '2', '--memory', size])
  expect(status).toBe(2)
  expect(stderr.trim()).toMatch(message)
  expect(stderr.trim().split('\n')).toHaveLength(1)
})
