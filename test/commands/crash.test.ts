import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import type { Row } from '../../src/batch/row.ts'
import { startUir, temporaryFolder, uir } from '../support/command.ts'
import { fixture } from '../support/images.ts'
import { filesBelow, photos, results } from '../support/tree.ts'

const PRELOAD = `--import=${fileURLToPath(new URL('../support/crash.mjs', import.meta.url))}`

/** The width of the image that ends the process; the others are narrower. */
const CULPRIT = 128

const NAMES = ['0.jpg', '1.jpg', '2-culprit.jpg', '3.jpg', '4.jpg', '5.jpg']

async function folderWithCulprit(): Promise<string> {
  const folder = await photos(...NAMES.filter(name => !name.includes('culprit')))
  await sharp(fixture('samples/noise.jpg'))
    .extract({ left: 0, top: 0, width: CULPRIT, height: 48 })
    .toFile(join(folder, '2-culprit.jpg'))
  return folder
}

const argsOf = (folder: string, ...options: string[]) => [
  'restore',
  folder,
  ...['--expert', 'noise', '--device', 'cpu', '--jobs', '2', ...options],
]

function rowsOf(lines: string): string[] {
  const rows: Row[] = lines
    .trim()
    .split('\n')
    .map(line => JSON.parse(line))
  return rows.map(({ input, status }) => `${input.split('/').at(-1)} ${status}`)
}

/** Restores a folder whose culprit ends the process a number of times. */
function crash(folder: string, signal: string, crashes: number) {
  const log = temporaryFolder()
  const file = join(log, 'rows.ndjson')
  const env = {
    NODE_OPTIONS: PRELOAD,
    UIR_CRASHES: String(crashes),
    UIR_CRASH_LOG: temporaryFolder(),
    UIR_CRASH_SIGNAL: signal,
    UIR_CRASH_WIDTH: String(CULPRIT),
  }
  const options = ['-o', join(folder, 'out'), '--log', file, '--json', '--report', join(log, 'page.html')]
  const { status, stdout, stderr } = uir(argsOf(folder, ...options), { env })
  expect(readdirSync(env.UIR_CRASH_LOG)).toHaveLength(crashes)
  const page = readFileSync(join(log, 'page.html'), 'utf8')
  expect(page.match(/<article/g)).toHaveLength(NAMES.length)
  return { status, stderr, rows: rowsOf(stdout), logged: rowsOf(readFileSync(file, 'utf8')) }
}

/** The process that restores for another one. */
function childOf(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ')[0])
}

function isRunning(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}

test.each(['SIGSEGV', 'SIGABRT', 'SIGKILL'])(
  'a process that ends by %s is replaced, and nobody can tell from results or rows',
  async signal => {
    const [folder, undisturbed] = [await folderWithCulprit(), await folderWithCulprit()]
    const { status, rows, logged } = crash(folder, signal, 1)
    expect(status).toBe(0)
    expect(rows).toEqual(NAMES.map(name => `${name} restored`))
    expect(logged).toEqual(rows)
    uir(argsOf(undisturbed, '-o', join(undisturbed, 'out')))
    expect(results(join(folder, 'out'))).toEqual(results(join(undisturbed, 'out')))
    expect(filesBelow(join(folder, 'out'))).toEqual(['.uir-journal.ndjson', ...NAMES])
  },
)

test('an image that ends the process twice fails in one line, the others are restored', async () => {
  const folder = await folderWithCulprit()
  const { status, stderr, rows, logged } = crash(folder, 'SIGSEGV', 2)
  expect(status).toBe(3)
  expect(stderr).toBe(
    `uir: ${join(folder, '2-culprit.jpg')} ended the process twice (SIGSEGV, SIGSEGV); convert it with another program, and report this as a defect\nuir: 1 of 6 inputs failed; see the lines above\n`,
  )
  expect(rows).toEqual(NAMES.map(name => `${name} ${name.includes('culprit') ? 'failed' : 'restored'}`))
  expect(logged).toEqual(rows)
  expect(Object.keys(results(join(folder, 'out')))).toEqual(NAMES.filter(name => !name.includes('culprit')))
})

test.runIf(process.platform === 'linux')(
  'killed in place, over and over, no image is restored twice',
  async () => {
    const names = Array.from({ length: 16 }, (_, i) => `${i}.jpg`)
    const [folder, undisturbed] = [await photos(...names), await photos(...names)]
    const originals = results(folder)
    uir(argsOf(undisturbed, '--in-place', '--no-backup'))
    const { child, closed, stderr } = startUir(argsOf(folder, '--in-place', '--no-backup'))
    // The second time none is under way that was so the first time, however late that was seen: it would fail.
    for (const done of [1, 12]) {
      while (names.filter(name => results(folder)[name] !== originals[name]).length < done)
        await setTimeout(5)
      process.kill(childOf(child.pid!), 'SIGSEGV')
    }
    expect(await closed).toEqual([0, null])
    expect(stderr()).toContain('uir: the process at work ended (SIGSEGV); what it was at is tried again')
    expect(stderr()).toContain('16 restored, in')
    expect(results(folder)).toEqual(results(undisturbed))
  },
)

test.runIf(process.platform === 'linux')(
  'Ctrl-C while an image is tried again ends with 130 and whole files only',
  // Whether the next process is there yet is a matter of luck.
  { repeats: 5 },
  async () => {
    const folder = await photos(...Array.from({ length: 30 }, (_, i) => `${i}.jpg`))
    const out = join(folder, 'out')
    const { child, closed, stderr } = startUir(argsOf(folder, '-o', out))
    while (Object.keys(results(out)).length < 2) await setTimeout(5)
    process.kill(childOf(child.pid!), 'SIGSEGV')
    while (!stderr().includes('tried again')) await setTimeout(1)
    child.kill('SIGINT')
    expect(await closed).toEqual([130, null])
    expect(stderr()).toMatch(/\nuir: interrupted; run again with --resume to go on\n$/)
    const done = Object.keys(results(out))
    expect(filesBelow(out)).toEqual(['.uir-journal.ndjson', ...done])
    for (const name of done) await sharp(join(out, name)).stats()
  },
)

test.runIf(process.platform === 'linux')(
  'when the command is killed, so is the process that restores for it',
  async () => {
    const folder = await photos(...Array.from({ length: 30 }, (_, i) => `${i}.jpg`))
    const out = join(folder, 'out')
    const { child, closed } = startUir(argsOf(folder, '-o', out))
    while (Object.keys(results(out)).length < 2) await setTimeout(5)
    const pid = childOf(child.pid!)
    expect(isRunning(pid)).toBe(true)
    child.kill('SIGKILL')
    await closed
    // It notices a moment later; were it to go on, the test would run out of time here.
    while (isRunning(pid)) await setTimeout(5)
    expect(uir(argsOf(folder, '-o', out, '--resume')).status).toBe(0)
    expect(Object.keys(results(out))).toHaveLength(30)
  },
)
