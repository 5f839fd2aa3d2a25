// Measures the built command on a large JPEG: megapixels per second with 1 and 2 jobs, beside what the network alone needs
// for the same tiles, peak memory, and each stage's share of the time.
//
//   npm run bench:speed [-- FILE]        FILE: a photograph; by default a noisy 12-megapixel JPEG made from a sample
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import sharp from 'sharp'
import { openEngine } from '../dist/engine/engine.js'
import { frameTile } from '../dist/engine/pixels.js'
import { cutGrid, tilesOf } from '../dist/engine/tiles.js'
import { decode } from '../dist/image/decode.js'
import { encode } from '../dist/image/encode.js'
import { openPack } from '../dist/pack/pack.js'
import { pixels } from './metrics.js'
import { noise } from './synthesis.js'

const EXPERT = 'noise'

const work = await mkdtemp(join(tmpdir(), 'uir-speed-'))
try {
  const file = process.argv[2] ?? (await largeJpeg(join(work, 'large.jpg')))
  const pack = await openPack()
  const stages = await stageSeconds(pack, file)
  const { width, height, prior } = stages
  const megapixels = (width * height) / 1e6
  console.log(
    `${width} x ${height}, ${megapixels.toFixed(1)} MP, on ${cpus().length} x ${cpus()[0].model.trim()}\n`,
  )
  console.log(
    '| jobs | network alone | command | ratio | command, MP/s | peak memory |\n|---|---|---|---|---|---|',
  )
  for (const jobs of [1, 2]) {
    const floor = await networkSeconds(pack, width, height, prior, jobs)
    const { seconds, peakBytes } = await command(file, jobs)
    const cells = [
      jobs,
      `${floor.toFixed(2)} s`,
      `${seconds.toFixed(2)} s`,
      (seconds / floor).toFixed(2),
      (megapixels / seconds).toFixed(2),
      `${(peakBytes / 1e6).toFixed(0)} MB`,
    ]
    console.log(`| ${cells.join(' | ')} |`)
  }
  const total = Object.values(stages.seconds).reduce((sum, value) => sum + value, 0)
  const shares = Object.entries(stages.seconds).map(
    ([stage, value]) => `${stage} ${value.toFixed(2)} s (${((100 * value) / total).toFixed(1)} %)`,
  )
  console.log(`\nStages one after another, 1 job: ${shares.join(', ')}`)
} finally {
  await rm(work, { recursive: true, force: true })
}

async function largeJpeg(file) {
  const samples = new URL('../test/fixtures/samples/', import.meta.url)
  const [sample] = (await readdir(samples)).sort()
  const large = await sharp(new URL(sample, samples).pathname)
    .resize(4000, 3000, { fit: 'cover' })
    .png()
    .toBuffer()
  await sharp(await noise(20)(await pixels(large), 1))
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

/** Wall time of the network alone on the tiles of an image, shared out among threads. */
async function networkSeconds({ manifest }, width, height, prior, jobs) {
  const pixels = { samples: { length: width * height * 3 }, width, channels: 3 }
  const sides = [...tilesOf(cutGrid(width, height, manifest.restorer))].map(tile => {
    const frame = frameTile(pixels, tile, manifest.restorer.multiple)
    return [frame.width, frame.height]
  })
  const workers = Array.from({ length: jobs }, (_, job) => {
    const tiles = sides.filter((_, i) => i % jobs === job)
    return new Worker(new URL('./network.js', import.meta.url), { workerData: { tiles, prior } })
  })
  await Promise.all(workers.map(worker => once(worker, 'message')))
  const results = workers.map(worker => once(worker, 'message'))
  for (const worker of workers) worker.postMessage('go')
  const seconds = (await Promise.all(results)).map(([value]) => value)
  await Promise.all(workers.map(worker => worker.terminate()))
  return Math.max(...seconds)
}

/** The whole command in a process of its own. */
async function command(file, jobs) {
  const args = [
    'restore',
    file,
    '-o',
    join(work, String(jobs)),
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
