import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { uir } from '../support/command.ts'
import { photos, results } from '../support/tree.ts'

const BIN = fileURLToPath(new URL('../../bin/uir.js', import.meta.url))

const NAMES = Array.from({ length: 8 }, (_, i) => `${i}.jpg`)

const UIR = `"${process.execPath}" "${BIN}" restore --expert noise --device cpu --jobs 1`

// The recipes of docs/PIPELINES.md.
const hasParallel = spawnSync('parallel', ['--version']).status === 0

test.runIf(hasParallel)('GNU parallel: shards side by side on one folder', async () => {
  const folder = await photos(...NAMES)
  const command = `${UIR} . -o out --shard {}/3 --log log-{}.ndjson`
  const { status, stderr } = spawnSync('parallel', ['-j', '3', command, ':::', '1', '2', '3'], {
    cwd: folder,
  })
  expect({ status, stderr: stderr.toString() }).toMatchObject({ status: 0 })
  expect(Object.keys(results(join(folder, 'out')))).toEqual(NAMES)
  const [whole] = [await photos(...NAMES)]
  uir(['restore', whole, '-o', join(whole, 'out'), '--expert', 'noise', '--device', 'cpu'])
  expect(results(join(folder, 'out'))).toEqual(results(join(whole, 'out')))
})

test('find and xargs, one run after the other', async () => {
  const folder = await photos(...NAMES, 'with space/ü.jpg')
  const { status } = spawnSync('bash', ['-c', `find . -name '*.jpg' -print0 | xargs -0 -n 5 ${UIR} -o out`], {
    cwd: folder,
  })
  expect(status).toBe(0)
  expect(Object.keys(results(join(folder, 'out')))).toEqual([...NAMES, 'ü.jpg'])
})

test('find into --files-from, the tree kept', async () => {
  const folder = await photos('x/a.jpg', 'y z/a.jpg')
  const line = `find . -path ./out -prune -o -name '*.jpg' -print0 | ${UIR} --files-from - -o out`
  expect(spawnSync('bash', ['-c', line], { cwd: folder }).status).toBe(0)
  expect(Object.keys(results(join(folder, 'out')))).toEqual(['x/a.jpg', 'y z/a.jpg'])
})

test.each([
  [{ SLURM_ARRAY_TASK_ID: '11', SLURM_ARRAY_TASK_MIN: '10', SLURM_ARRAY_TASK_COUNT: '2' }],
  [{ SLURM_PROCID: '1', SLURM_NTASKS: '2' }],
  [{ JOB_COMPLETION_INDEX: '1', UIR_SHARD_COUNT: '2' }],
])('--shard auto reads %j as 2/2', async env => {
  const folder = await photos(...NAMES)
  const plan = (shard: string, env: Record<string, string>) =>
    uir(['restore', '.', '--dry-run', '--json', '--shard', shard], { cwd: folder, env }).stdout
  const second = plan('2/2', {})
  expect(plan('auto', env)).toBe(second)
  expect(second.trim().split('\n').length).toBeLessThan(NAMES.length)
})

test('--shard auto without a scheduler is one line', async () => {
  const { status, stderr } = uir(['restore', '.', '--shard', 'auto'], { cwd: await photos('a.jpg') })
  expect(status).toBe(2)
  expect(stderr).toMatch(
    /^uir: --shard auto finds no scheduler in the environment; start it in a Slurm array/,
  )
})
