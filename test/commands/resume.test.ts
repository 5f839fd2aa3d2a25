import { appendFileSync, existsSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { owner } from '../../src/owner.ts'
import { startUir, uir } from '../support/command.ts'
import { randomNumbers } from '../support/layers.ts'
import { filesBelow, photo, photos, results } from '../support/tree.ts'

const NAMES = ['a.jpg', 'b.jpg', 'deep/ü.png']

function restore(folder: string, ...options: string[]) {
  const args = ['restore', folder, '-o', join(folder, 'out'), '--expert', 'noise', '--json', ...options]
  const { stdout, ...run } = uir(args)
  const rows = stdout.trim().split('\n').filter(Boolean)
  const statuses = rows.map(row => JSON.parse(row)).map(({ status, note = '' }) => `${status} ${note}`.trim())
  return { ...run, statuses }
}

test('what is finished is skipped; a lost, damaged or changed file and a failed one are made again', async () => {
  const folder = await photos(
    '0-lost.jpg',
    '1-damaged.jpg',
    '2-changed.jpg',
    '3-failed.jpg',
    '4-finished.jpg',
  )
  const out = join(folder, 'out')
  truncateSync(join(folder, '3-failed.jpg'), 400)
  expect(restore(folder).statuses).toEqual(['restored', 'restored', 'restored', 'failed', 'restored'])
  const first = results(out)
  rmSync(join(out, '0-lost.jpg'))
  truncateSync(join(out, '1-damaged.jpg'), 100)
  await photo(join(folder, '2-changed.jpg'), 9)
  await photo(join(folder, '3-failed.jpg'), 8)
  const again = restore(folder, '--resume')
  expect(again).toMatchObject({ status: 0, stderr: '' })
  expect(again.statuses).toEqual(['restored', 'restored', 'restored', 'restored', 'skipped finished before'])
  const second = results(out)
  expect(second['0-lost.jpg']).toBe(first['0-lost.jpg'])
  expect(second['1-damaged.jpg']).toBe(first['1-damaged.jpg'])
  expect(second['2-changed.jpg']).not.toBe(first['2-changed.jpg'])
  expect(restore(folder, '--resume').statuses).toEqual(Array(5).fill('skipped finished before'))
})

test.each([
  ['--strength', '0.5'],
  ['--expert', 'noise=0.5'],
  ['--quality', '70'],
  ['--tile', '256'],
])('another %s is another result', async (...options) => {
  const folder = await photos('a.jpg')
  restore(folder)
  expect(restore(folder, '--resume', ...options).statuses).toEqual(['restored'])
  expect(restore(folder, '--resume', ...options).statuses).toEqual(['skipped finished before'])
})

test('a result that no journal knows of is kept', async () => {
  const folder = await photos(...NAMES)
  await photo(join(folder, 'out', 'a.jpg'), 20)
  const before = results(join(folder, 'out'))
  expect(restore(folder, '--resume').statuses).toEqual(['skipped already there', 'restored', 'restored'])
  expect(results(join(folder, 'out'))).toMatchObject(before)
})

test('a torn line in the journal costs one image at most', async () => {
  const folder = await photos(...NAMES)
  restore(folder)
  const journal = join(folder, 'out', '.uir-journal.ndjson')
  truncateSync(journal, readFileSync(journal).length - 40)
  rmSync(join(folder, 'out', 'a.jpg'))
  const { statuses } = restore(folder, '--resume')
  expect(statuses.filter(status => status === 'skipped finished before').length).toBeGreaterThanOrEqual(1)
  appendFileSync(journal, '{"output":"b.jp')
  restore(folder, '--resume')
  rmSync(join(folder, 'out', 'a.jpg'))
  expect(restore(folder, '--resume').statuses.sort()[0]).toBe('restored')
})

test('killed at any moment, the run ends as if nothing had happened', async () => {
  const names = Array.from({ length: 8 }, (_, i) => `${i}.jpg`)
  const [folder, undisturbed] = [await photos(...names), await photos(...names)]
  restore(undisturbed)
  const out = join(folder, 'out')
  const random = randomNumbers(5)
  for (let round = 1; round <= 2; round++) {
    const args = ['restore', folder, '-o', out, '--expert', 'noise', '--resume', '--jobs', '1']
    const { child, closed } = startUir(args)
    while (Object.keys(results(out)).length < 2 * round) await setTimeout(20)
    await setTimeout(20 * (1 + random()))
    child.kill('SIGKILL')
    await closed
  }
  expect(restore(folder, '--resume').status).toBe(0)
  expect(results(out)).toEqual(results(join(undisturbed, 'out')))
  expect(filesBelow(out)).toEqual(['.uir-journal.ndjson', ...names])
})

test('killed in place, no image is restored twice', async () => {
  const names = Array.from({ length: 8 }, (_, i) => `${i}.jpg`)
  const [folder, undisturbed] = [await photos(...names), await photos(...names)]
  const argsOf = (of: string) => [
    'restore',
    of,
    ...['--in-place', '--no-backup', '--resume', '--expert', 'noise', '--jobs', '1'],
  ]
  const originals = results(folder)
  uir(argsOf(undisturbed))
  const random = randomNumbers(7)
  for (let round = 1; round <= 2; round++) {
    const { child, closed } = startUir(argsOf(folder))
    const countDone = () => names.filter(name => results(folder)[name] !== originals[name]).length
    while (countDone() < 2 * round) await setTimeout(20)
    await setTimeout(20 * (1 + random()))
    child.kill('SIGKILL')
    await closed
  }
  expect(uir(argsOf(folder)).status).toBe(0)
  expect(results(folder)).toEqual(results(undisturbed))
})

test('what killed runs left is cleared away, what others are at is not', async () => {
  const folder = await photos(...NAMES)
  restore(folder)
  const out = join(folder, 'out')
  const dead = owner.replace(/\d+$/, '999999999')
  const leave = (name: string) => writeFileSync(join(out, name), '{}')
  leave(`.uir-${dead}-1.tmp`)
  leave(`deep/.uir-${dead}-2.tmp`)
  leave(`.uir-${dead}.lock`)
  leave(`.uir-${owner}-1.tmp`)
  leave('.uir-0123abcd-1-1.tmp')
  restore(folder, '--resume')
  const kept = filesBelow(out).filter(name => name.endsWith('.tmp') || name.endsWith('.lock'))
  expect(kept).toEqual([`.uir-${owner}-1.tmp`, '.uir-0123abcd-1-1.tmp'].sort())
})

test('a second run on one folder is refused in one line, and harms nothing', async () => {
  const folder = await photos(...Array.from({ length: 30 }, (_, i) => `${i}.jpg`))
  const out = join(folder, 'out')
  const first = startUir(['restore', folder, '-o', out, '--expert', 'noise', '--jobs', '1'])
  while (!existsSync(join(out, '.uir-journal.ndjson'))) await setTimeout(20)
  const { status, stderr } = uir(['restore', folder, '-o', out])
  expect(status).toBe(2)
  expect(stderr).toBe(
    `uir: ${out} is in use by another run (process ${first.child.pid} on ${hostname()}); wait for it or choose another folder with -o\n`,
  )
  expect(await first.closed).toEqual([0, null])
  expect(Object.keys(results(out))).toHaveLength(30)
})
