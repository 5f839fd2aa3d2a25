// Works through a folder of good and broken files with the built command, kills it over and over, and compares.
//
//   npm run bench:endurance [-- SIZE]        SIZE: files in the folder (default 300), a fifth of them broken in 12 ways
//
// Promises: every good file restored, every broken one named, exit code 3, nothing partial; after 20 rounds of kill -9 and
// --resume the same bytes as without; peak memory that does not grow with the number of files.
import { fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { BROKEN, GOOD, photo } from './files.js'

const ROUNDS = 20
const BIN = fileURLToPath(new URL('../bin/uir.js', import.meta.url))
const OPTIONS = ['--expert', 'noise', '--device', 'cpu']

const size = Number(process.argv[2] ?? 300)
const work = await mkdtemp(join(tmpdir(), 'uir-endurance-'))
let broken = 0
try {
  const input = join(work, 'input')
  const { good, bad } = await makeFolder(input, size)
  console.log(`${good.length} good files and ${bad.length} broken ones in ${Object.keys(BROKEN).length} ways`)
  const whole = await undisturbed(input, good, bad)
  await killed(input, whole)
  await memory()
} finally {
  await rm(work, { recursive: true, force: true })
}
process.exitCode = broken === 0 ? 0 : 1

async function makeFolder(folder, count) {
  const [good, bad] = [[], []]
  const goods = Object.entries(GOOD)
  const bads = Object.entries(BROKEN)
  for (let i = 0; i < count; i++) {
    const isBad = i % 5 === 4
    const [kind, make] = isBad ? bads[bad.length % bads.length] : goods[good.length % goods.length]
    const name = join(`folder ${i % 3}`, `${String(i).padStart(4, '0')}-${kind}`)
    const list = isBad ? bad : good
    list.push(name)
    await mkdir(join(folder, name, '..'), { recursive: true })
    await writeFile(join(folder, name), await make(i))
  }
  return { good, bad }
}

/** One run from start to end; what it leaves is what every other run must leave. */
async function undisturbed(input, good, bad) {
  const out = join(work, 'whole')
  const log = join(work, 'log.ndjson')
  const start = performance.now()
  const child = run(input, out, '--log', log)
  while ((await resultsOf(out)).size === 0 && child.exitCode === null) await sleep(10)
  const first = performance.now() - start
  const code = await child.ended
  const seconds = (performance.now() - start) / 1000
  const rows = (await readFile(log, 'utf8'))
    .trim()
    .split('\n')
    .map(line => JSON.parse(line))
  const named = new Set(
    rows.filter(({ status }) => status === 'failed' || status === 'ignored').map(row => row.input),
  )
  const results = await resultsOf(out)
  console.log(`\nUndisturbed: ${seconds.toFixed(1)} s`)
  check('exit code 3', code === 3, `it is ${code}`)
  report('good files restored', good, name => results.has(name))
  report('broken files named', bad, name => named.has(join(input, name)) && !results.has(name))
  check('a row for every file', rows.length === good.length + bad.length, `${rows.length} rows`)
  await checkLeftovers(out)
  return { results, first, milliseconds: seconds * 1000 }
}

/** Kills at random moments, from before the first result on; a run that ends before its turn starts over. */
async function killed(input, { results, first, milliseconds }) {
  const out = join(work, 'killed')
  let [kills, complete] = [0, 0]
  while (kills < ROUNDS) {
    const child = run(input, out, '--resume')
    await Promise.race([sleep(first * Math.random() * 2 + (milliseconds * Math.random()) / 5), child.ended])
    if (child.exitCode === null) kills++
    else {
      complete++
      await compare(out, results)
      await rm(out, { recursive: true })
    }
    child.kill('SIGKILL')
    await child.ended
  }
  const code = await run(input, out, '--resume').ended
  console.log(`\nKilled ${kills} times, ${complete + 1} runs completed between`)
  check('exit code 3', code === 3, `it is ${code}`)
  await compare(out, results)
  await checkLeftovers(out)
}

async function compare(out, expected) {
  const results = await resultsOf(out)
  report('results identical byte for byte', [...expected.keys()], name =>
    results.get(name)?.equals(expected.get(name)),
  )
  check('no other files', results.size === expected.size, `${results.size} instead of ${expected.size}`)
}

/** Peak memory over ten times as many small images. */
async function memory() {
  const counts = [1, 10].map(factor => Math.max(20, Math.round((200 * factor * size) / 300)))
  const peaks = []
  const bytes = await photo(1, 64, 64).jpeg().toBuffer()
  for (const count of counts) {
    const folder = join(work, `small-${count}`)
    await mkdir(folder)
    await writeFile(join(folder, '0.jpg'), bytes)
    for (let i = 1; i < count; i++) await copyFile(join(folder, '0.jpg'), join(folder, `${i}.jpg`))
    const args = ['restore', folder, '-o', join(folder, 'out'), '--quiet', ...OPTIONS]
    const [{ peakBytes }] = await once(fork(new URL('./measured.js', import.meta.url), args), 'message')
    peaks.push(peakBytes)
  }
  const growth = peaks[1] / peaks[0]
  const [few, many] = peaks.map(peak => `${(peak / 1e6).toFixed(0)} MB`)
  console.log(`\nPeak memory: ${few} for ${counts[0]} small images, ${many} for ${counts[1]}`)
  check('within 15 %', growth <= 1.15, `it is ${(100 * growth - 100).toFixed(1)} %`)
}

function run(input, out, ...options) {
  const args = [BIN, 'restore', input, '-o', out, '--quiet', ...OPTIONS, ...options]
  const child = spawn(process.execPath, args, { stdio: 'ignore' })
  child.ended = once(child, 'close').then(([code]) => code)
  return child
}

/** Content of the results by name. */
async function resultsOf(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])
  const files = entries.filter(entry => entry.isFile() && !entry.name.startsWith('.uir-'))
  const contents = files.map(async ({ parentPath, path, name }) => {
    const file = join(parentPath ?? path, name)
    return [file.slice(folder.length + 1), await readFile(file).catch(() => Buffer.of())]
  })
  return new Map(await Promise.all(contents))
}

async function checkLeftovers(folder) {
  const names = await readdir(folder, { recursive: true })
  const left = names.filter(name => /\.uir-.*\.(tmp|lock)$/.test(name))
  check('no temporary files left', left.length === 0, left.join(', '))
}

function report(what, names, isTrue) {
  const wrong = names.filter(name => !isTrue(name))
  check(`${what}: ${names.length - wrong.length} of ${names.length}`, wrong.length === 0, wrong.join(', '))
}

function check(what, isTrue, otherwise) {
  if (!isTrue) broken++
  console.log(isTrue ? `  kept    ${what}` : `  BROKEN  ${what}: ${otherwise}`)
}
