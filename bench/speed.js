// Measures the built command on a large JPEG and on a folder of small ones: megapixels per second with 1 and 2 jobs,
// beside what the network alone needs for the same tiles, peak memory, and each stage's share of the time.
//
//   npm run bench:speed [-- FILE]        FILE: a photograph; by default a noisy 12-megapixel JPEG made from a sample
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { ALLOCATOR } from '../dist/commands/allocator.js'
import { openEngine } from '../dist/engine/engine.js'
import { frameTile } from '../dist/engine/pixels.js'
import { cutGrid, tilesOf } from '../dist/engine/tiles.js'
import { decode } from '../dist/image/decode.js'
import { encode } from '../dist/image/encode.js'
import { openPack } from '../dist/pack/pack.js'
import { pixels } from './metrics.js'
import { noise } from './synthesis.js'

const EXPERT = 'noise'
const SMALL = 24

const work = await mkdtemp(join(tmpdir(), 'uir-speed-'))
try {
  const large = process.argv[2] ?? (await noisyJpeg(join(work, 'large.jpg'), 4000, 3000, 1))
  const folder = join(work, 'small')
  await mkdir(folder)
  for (let i = 0; i < SMALL; i++) await noisyJpeg(join(folder, `${i}.jpg`), 1632, 1224, i)
  const pack = await openPack()
  const stages = await stageSeconds(pack, large)
  const { width, height, prior } = stages
  console.log(`On ${cpus().length} x ${cpus()[0].model.trim()}\n`)
  console.log(
    '| input | jobs | network alone | command | ratio | command, MP/s | peak memory |\n|---|---|---|---|---|---|---|',
  )
  const subjects = [
    { path: large, sizes: [[width, height]] },
    { path: folder, sizes: Array(SMALL).fill([1632, 1224]) },
  ]
  for (const { path, sizes } of subjects) {
    const megapixels = sizes.reduce((sum, [width, height]) => sum + (width * height) / 1e6, 0)
    for (const jobs of [1, 2]) {
      const floor = await networkSeconds(pack, sizes, prior, jobs)
      const { seconds, peakBytes } = await command(path, jobs)
      const cells = [
        `${sizes.length} x ${(megapixels / sizes.length).toFixed(0)} MP`,
        jobs,
        `${floor.toFixed(2)} s`,
        `${seconds.toFixed(2)} s`,
        (seconds / floor).toFixed(2),
        (megapixels / seconds).toFixed(2),
        `${(peakBytes / 1e6).toFixed(0)} MB`,
      ]
      console.log(`| ${cells.join(' | ')} |`)
    }
  }
  const total = Object.values(stages.seconds).reduce((sum, value) => sum + value, 0)
  const shares = Object.entries(stages.seconds).map(
    ([stage, value]) => `${stage} ${value.toFixed(2)} s (${((100 * value) / total).toFixed(1)} %)`,
  )
  console.log(`\nStages of the first, one after another, 1 job: ${shares.join(', ')}`)
} finally {
  await rm(work, { recursive: true, force: true })
}

/** A JPEG of a sample, resized, with noise from a seed. */
async function noisyJpeg(file, width, height, seed) {
  const samples = new URL('../test/fixtures/samples/', import.meta.url)
  const [sample] = (await readdir(samples)).sort()
  const picture = await sharp(new URL(sample, samples).pathname)
    .resize(width, height, { fit: 'cover' })
    .png()
    .toBuffer()
  await sharp(await noise(20)(await pixels(picture), seed))
    .jpeg({ quality: 92 })
    .toFile(file)
  return file
}

/** Seconds of each stage on its own, one worker. */
async function stageSeconds(pack, file) {
  const bytes = await readFile(file)
  const engine = await openEngine({ pack, device: 'cpu', jobs: 1 })
  const seconds = {}
  const timed = async (stage, action) => {
    const start = performance.now()
    const result = await action()
    seconds[stage] = (performance.now() - start) / 1000
    return result
  }
  const mix = [{ expert: EXPERT, weight: 1 }]
  const image = await timed('decode', () => decode(bytes, file))
  await engine.route(image) // starts the router
  const { prior } = await timed('route', () => engine.route(image))
  const corner = await decode(
    await sharp(bytes).extract({ left: 0, top: 0, width: 64, height: 64 }).toBuffer(),
    file,
  )
  await timed('merge', () => engine.restore(corner, mix, prior))
  const restored = await timed('restore', () => engine.restore(image, mix, prior))
  await timed('encode', () => encode(restored, {}))
  await engine.close()
  return { width: image.width, height: image.height, prior: prior.length, seconds }
}

/** Wall time of the network alone on the tiles of images of these sizes, shared out among processes like that of the command. */
async function networkSeconds({ manifest }, sizes, prior, jobs) {
  const sides = sizes.flatMap(([width, height]) => {
    const pixels = { samples: { length: width * height * 3 }, width, channels: 3 }
    return [...tilesOf(cutGrid(width, height, manifest.restorer))].map(tile => {
      const frame = frameTile(pixels, tile, manifest.restorer.multiple)
      return [frame.width, frame.height]
    })
  })
  const children = Array.from({ length: jobs }, (_, job) => {
    const child = fork(new URL('./network.js', import.meta.url), { env: { ...ALLOCATOR, ...process.env } })
    child.send({ tiles: sides.filter((_, i) => i % jobs === job), prior })
    return child
  })
  await Promise.all(children.map(child => once(child, 'message')))
  const results = children.map(child => once(child, 'message'))
  for (const child of children) child.send('go')
  const seconds = (await Promise.all(results)).map(([value]) => value)
  return Math.max(...seconds)
}

/** The whole command in a process of its own. */
async function command(path, jobs) {
  const args = [
    'restore',
    path,
    '-o',
    await mkdtemp(join(work, 'out-')),
    '--expert',
    EXPERT,
    '--jobs',
    String(jobs),
    '--quiet',
  ]
  const child = fork(new URL('./measured.js', import.meta.url), args)
  const [result] = await once(child, 'message')
  if (result.code !== 0) throw new Error(`uir ${args.join(' ')} ended with ${result.code}`)
  return result
}
