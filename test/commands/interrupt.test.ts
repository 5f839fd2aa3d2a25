import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { startUir, temporaryFolder, uir } from '../support/command.ts'
import { fixture } from '../support/images.ts'
import { filesBelow, results } from '../support/tree.ts'

const BIN = fileURLToPath(new URL('../../bin/uir.js', import.meta.url))

/** A run over 40 images, as it has finished the third. */
async function startBatch() {
  const folder = temporaryFolder()
  for (let i = 0; i < 40; i++) copyFileSync(fixture('kitten.webp'), join(folder, `${i + 10}.webp`))
  const out = join(folder, 'out')
  const args = ['restore', folder, '-o', out, '--expert', 'noise', '--jobs', '1']
  const run = startUir(args)
  while (!existsSync(join(out, '12.webp'))) await setTimeout(20)
  return { ...run, out, args }
}

test.each(['SIGINT', 'SIGTERM'] as const)(
  '%s is answered, and ends with 130 and whole files only',
  async signal => {
    const { child, closed, stderr, out, args } = await startBatch()
    child.kill(signal)
    expect(await closed).toEqual([130, null])
    const lines = stderr().trim().split('\n')
    expect(lines[0]).toMatch(
      /^uir: stopping, and dropping the images under way; a second Ctrl-C stops at once$/,
    )
    expect(lines.at(-1)).toBe('uir: interrupted; run again with --resume to go on')
    const done = Object.keys(results(out))
    expect(done.length).toBeLessThan(40)
    expect(filesBelow(out)).toEqual(['.uir-journal.ndjson', ...done])
    for (const name of done) await sharp(join(out, name)).stats()
    const { status, stderr: second } = uir([...args, '--resume'])
    expect(status).toBe(0)
    expect(second).toContain(`${40 - done.length} restored, ${done.length} skipped (finished before)`)
  },
)

test('an image that is being encoded is dropped, not waited for', async () => {
  const folder = temporaryFolder()
  await sharp(fixture('kitten.webp'))
    .resize(5000, 4000, { fit: 'fill' })
    .jpeg()
    .toFile(join(folder, 'large.jpg'))
  const out = join(folder, 'out')
  // Nothing is detected: it is encoded at once, for a minute.
  const args = ['restore', folder, '-o', out, '--threshold', '1', '--format', 'avif', '--quality', '100']
  const { child, closed, stderr } = startUir(args)
  while (!existsSync(join(out, '.uir-journal.ndjson'))) await setTimeout(20)
  await setTimeout(6000)
  child.kill('SIGINT')
  const [code, signal] = await closed
  // A shell calls both 130.
  expect(signal ?? code).toBe(signal === null ? 130 : 'SIGINT')
  expect(stderr()).toMatch(/\nuir: interrupted; run again with --resume to go on\n$/)
  expect(filesBelow(out)).toEqual(['.uir-journal.ndjson'])
})

test('a second Ctrl-C stops at once', async () => {
  const { child, closed, stderr, out } = await startBatch()
  child.kill('SIGINT')
  while (!stderr().includes('stopping')) await setTimeout(1)
  child.kill('SIGINT')
  const [code, signal] = await closed
  // The first may just have been enough.
  expect(signal ?? code).toBe(signal === null ? 130 : 'SIGINT')
  for (const name of Object.keys(results(out))) await sharp(join(out, name)).stats()
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
