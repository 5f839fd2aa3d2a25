import { expect, test } from 'vitest'
import { isInShard, parseShard } from '../../src/batch/shard.ts'

const PATHS = Array.from({ length: 4000 }, (_, i) => `photos/${i}.jpg`)

test('shards are disjoint, complete and about equal', () => {
  const counts = [0, 0, 0, 0]
  for (const path of PATHS) {
    const owners = counts.map((_, i) => i).filter(i => isInShard(path, { index: i + 1, count: 4 }))
    expect(owners).toHaveLength(1)
    counts[owners[0]!]!++
  }
  for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(150)
})

test('the path alone decides, whatever the separator', () => {
  const shard = { index: 1, count: 3 }
  for (const path of PATHS.slice(0, 50)) {
    expect(isInShard(path.replace('/', '\\'), shard)).toBe(isInShard(path, shard))
  }
})

test.each([
  ['2/8', {}, { index: 2, count: 8 }],
  ['auto', { SLURM_ARRAY_TASK_ID: '0', SLURM_ARRAY_TASK_COUNT: '3' }, { index: 1, count: 3 }],
  [
    'auto',
    {
      SLURM_ARRAY_TASK_ID: '14',
      SLURM_ARRAY_TASK_MIN: '10',
      SLURM_ARRAY_TASK_STEP: '2',
      SLURM_ARRAY_TASK_COUNT: '3',
    },
    { index: 3, count: 3 },
  ],
  ['auto', { SLURM_PROCID: '0', SLURM_NTASKS: '4' }, { index: 1, count: 4 }],
  ['auto', { JOB_COMPLETION_INDEX: '3', UIR_SHARD_COUNT: '4' }, { index: 4, count: 4 }],
])('%s with %j is %j', (text, env, expected) => {
  expect(parseShard(text, env)).toEqual(expected)
})

test.each([
  ['0/4', {}],
  ['5/4', {}],
  ['1', {}],
  ['a/b', {}],
  ['auto', { JOB_COMPLETION_INDEX: '3' }],
  // Tasks 3 and 7 alone, given again by hand: no partition.
  ['auto', { SLURM_ARRAY_TASK_ID: '7', SLURM_ARRAY_TASK_MIN: '3', SLURM_ARRAY_TASK_COUNT: '2' }],
])('%s with %j is refused', (text, env) => {
  expect(() => parseShard(text, env)).toThrow(/--shard/)
})
