import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openLines } from '../../src/batch/lines.ts'
import { temporaryFolder } from '../support/command.ts'

test.each([
  ['', true, true, 'c\n'],
  ['a\nb\n', true, false, 'a\nb\nc\n'],
  ['a\nto', true, false, 'a\nto\nc\n'],
  ['a\nb\n', false, true, 'c\n'],
])('after %j, with keep %s', async (before, keep, isNew, after) => {
  const path = join(temporaryFolder(), 'file')
  writeFileSync(path, before)
  const lines = await openLines(path, { keep, durable: true })
  expect(lines.isNew).toBe(isNew)
  await lines.append('c')
  await lines.close()
  expect(readFileSync(path, 'utf8')).toBe(after)
})
