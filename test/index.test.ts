import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { temporaryFolder } from './support/command.ts'

const SCRIPT = `
import { readFile, writeFile } from 'node:fs/promises'
import { decode, encode, openEngine, openPack, select } from 'uir-lora'
const pack = await openPack()
const engine = await openEngine({ pack, device: 'cpu', jobs: 1 })
const image = await decode(await readFile(process.argv[1]), process.argv[1])
const { scores, prior } = await engine.route(image)
select(scores, pack.manifest.selection)
await writeFile(process.argv[2], await encode(await engine.restore(image, [{ expert: 'noise', weight: 1 }], prior)))
await engine.close()`

test('the package works as a library under its own name', async () => {
  const folder = temporaryFolder()
  const [input, output] = [join(folder, 'in.png'), join(folder, 'out.png')]
  await sharp({ create: { width: 40, height: 30, channels: 3, background: 'teal' } }).toFile(input)
  const root = fileURLToPath(new URL('..', import.meta.url))
  const run = spawnSync(process.execPath, ['--input-type=module', '-e', SCRIPT, input, output], { cwd: root })
  expect(run.stderr.toString()).toBe('')
  expect(await sharp(output).metadata()).toMatchObject({ width: 40, height: 30, format: 'png' })
})
