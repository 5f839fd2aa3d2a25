import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { makeFolder } from '../src/folder.ts'
import { temporaryFolder } from './support/command.ts'

test('folders are made with those above them', async () => {
  const folder = join(temporaryFolder(), 'a/b/c')
  await makeFolder(folder)
  await makeFolder(folder)
  expect(existsSync(folder)).toBe(true)
})

test('a file in the way is an error', async () => {
  const file = join(temporaryFolder(), 'file')
  writeFileSync(file, '')
  await expect(makeFolder(join(file, 'a'))).rejects.toMatchObject({ code: 'EEXIST' })
})

test.runIf(existsSync('/proc/self'))(
  'a file system without new folders is an error, not a wait',
  async () => {
    await expect(makeFolder('/proc/a/b')).rejects.toMatchObject({ code: 'ENOENT' })
  },
)
