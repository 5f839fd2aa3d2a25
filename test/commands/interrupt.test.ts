import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../support/command.ts'
import { fixture } from '../support/images.ts'

const BIN = fileURLToPath(new URL('../../bin/uir.js', import.meta.url))

test('Ctrl-C ends with 130, one line and whole files only; the next run goes on', async () => {
  const folder = temporaryFolder()
  for (let i = 0; i < 40; i++) copyFileSync(fixture('kitten.webp'), join(folder, `${i + 10}.webp`))
  const out = join(folder, 'out')
  const args = ['restore', folder, '-o', out, '--expert', 'noise', '--jobs', '1']
  const child = spawn(process.execPath, [BIN, ...args], { stdio: ['ignore', 'ignore', 'pipe'] })
  let stderr = ''
  child.stderr.on('data', chunk => {
    stderr += chunk
  })
  const closed = once(child, 'close')
  while (!existsSync(join(out, '12.webp'))) await setTimeout(20)
  child.kill('SIGINT')
  expect(await closed).toEqual([130, null])
  expect(stderr).toBe('uir: interrupted; run the same command again to go on\n')
  const results = readdirSync(out)
  expect(results.length).toBeLessThan(40)
  for (const name of results) {
    expect(name).toMatch(/^\d+\.webp$/)
    await sharp(join(out, name)).stats()
  }
})

test('a reader that stops early ends the run quietly', async () => {
  const folder = temporaryFolder()
  for (let i = 0; i < 40; i++) copyFileSync(fixture('kitten.webp'), join(folder, `${i}.webp`))
  const child = spawn(process.execPath, [BIN, 'detect', folder, '--json'])
  let stderr = ''
  child.stderr.on('data', chunk => {
    stderr += chunk
  })
  child.stdout.once('data', () => child.stdout.destroy())
  expect(await once(child, 'close')).toEqual([0, null])
  expect(stderr).toBe('')
})
