import { appendFileSync, cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { DEFAULT_PACK } from '../../src/pack/default.ts'
import { openPack, readPackWeights } from '../../src/pack/pack.ts'
import { temporaryFolder, uir } from '../support/command.ts'

function copyPack(): string {
  const folder = join(temporaryFolder(), 'pack')
  cpSync(DEFAULT_PACK, folder, { recursive: true })
  return folder
}

test('the default pack opens and its weights expand to float32', async () => {
  const pack = await openPack()
  const { data, tensors } = await readPackWeights(pack, pack.manifest.restorer.weights)
  expect([...tensors.values()].reduce((sum, { length }) => sum + length, 0)).toBe(data.length)
  expect(data.every(Number.isFinite)).toBe(true)
})

test.each<[string, (folder: string) => void, RegExp]>([
  [
    'a missing file',
    folder => rmSync(join(folder, 'bank.safetensors')),
    /bank\.safetensors is missing.*; install/,
  ],
  [
    'an altered file',
    folder => appendFileSync(join(folder, 'base.safetensors'), 'x'),
    /base\.safetensors is altered/,
  ],
  [
    'a broken manifest',
    folder => writeFileSync(join(folder, 'pack.json'), '{}'),
    /pack\.json is no valid manifest/,
  ],
  ['no manifest', folder => rmSync(join(folder, 'pack.json')), /no pack in .*; --pack takes/],
])('%s ends the command with exit code 4 and one line', (_, damage, message) => {
  const folder = copyPack()
  damage(folder)
  const { status, stderr } = uir(['compose', 'rain', '--pack', folder], { cwd: temporaryFolder() })
  expect(status).toBe(4)
  expect(stderr).toMatch(message)
  expect(stderr.trim().split('\n')).toHaveLength(1)
})

test('an empty folder is no pack', async () => {
  const folder = join(temporaryFolder(), 'empty')
  mkdirSync(folder)
  await expect(openPack(folder)).rejects.toMatchObject({ code: 'pack' })
})
