import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openPack } from '../../src/pack/pack.ts'
import { temporaryFolder, uir } from '../support/command.ts'
import { fixture } from '../support/images.ts'

const { degradations } = (await openPack()).manifest

test('--json gives one object a line with size, scores and the mix', () => {
  const { status, stdout, stderr } = uir(['detect', fixture('camera.jpg'), fixture('kitten.webp'), '--json'])
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  const rows = stdout
    .trim()
    .split('\n')
    .map(line => JSON.parse(line))
  expect(rows.map(({ file, width, height }) => [file, width, height])).toEqual([
    [fixture('camera.jpg'), 320, 180],
    [fixture('kitten.webp'), 288, 195],
  ])
  for (const { scores, mix } of rows) {
    expect(Object.keys(scores)).toEqual(degradations)
    for (const score of Object.values(scores))
      expect(score).toSatisfy((value: number) => value >= 0 && value <= 1)
    for (const expert of Object.keys(mix)) expect(degradations).toContain(expert)
  }
})

test('without --json there is a table with a column for each degradation', () => {
  const { stdout } = uir(['detect', fixture('kitten.webp')])
  const [head, row] = stdout.split('\n')
  for (const name of degradations) expect(head).toContain(name)
  expect(row).toMatch(/kitten\.webp +288x195( +[01]\.\d\d){10} +\S+$/)
})

test('--top-k, --threshold and --norm shape the mix', () => {
  const mixOf = (...options: string[]) =>
    JSON.parse(uir(['detect', fixture('hummingbird.jpg'), '--json', ...options]).stdout).mix as Record<
      string,
      number
    >
  expect(mixOf('--threshold', '1')).toEqual({})
  const one = mixOf('--threshold', '0', '--top-k', '1', '--norm', 'sum')
  expect(Object.values(one)).toEqual([1])
  const many = Object.values(mixOf('--threshold', '0', '--top-k', '10', '--norm', 'softmax'))
  expect(many.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 0)
})

test('a bad file is one line and exit code 3; the others go on', () => {
  const folder = temporaryFolder()
  mkdirSync(join(folder, 'sub'))
  copyFileSync(fixture('kitten.webp'), join(folder, 'sub', 'kitten.webp'))
  writeFileSync(join(folder, 'half.jpg'), readFileSync(fixture('hummingbird.jpg')).subarray(0, 8000))
  writeFileSync(join(folder, 'notes.jpg'), 'dear diary')
  const { status, stdout, stderr } = uir(['detect', '.', '--json'], { cwd: folder })
  expect(status).toBe(3)
  expect(stderr.trim().split('\n')).toEqual([
    expect.stringMatching(/^uir: half\.jpg is damaged or truncated \(.*\); get an intact copy$/),
    'uir: 1 of 3 inputs failed; see the lines above',
  ])
  const rows = stdout
    .trim()
    .split('\n')
    .map(line => JSON.parse(line))
  expect(rows.map(({ file, error }) => [file, error !== undefined])).toEqual([
    ['half.jpg', true],
    ['notes.jpg', false],
    [join('sub', 'kitten.webp'), false],
  ])
  expect(rows[1]).toEqual({ file: 'notes.jpg', note: 'no image' })
})
