import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { temporaryFolder, uir } from '../support/command.ts'
import { fixture } from '../support/images.ts'

const input = readFileSync(fixture('hummingbird.jpg'))

test('an image goes in at standard input and out at standard output', async () => {
  const { status, bytes, stderr } = uir(['restore', '-', '--expert', 'noise', '--format', 'png'], { input })
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  expect(await sharp(bytes).metadata()).toMatchObject({ format: 'png', width: 320 })
})

test('nothing detected: the same bytes come out, and the log says so', () => {
  const log = join(temporaryFolder(), 'log')
  const { bytes } = uir(['restore', '-', '--threshold', '1', '--log', log], { input })
  expect(bytes).toEqual(input)
  expect(JSON.parse(readFileSync(log, 'utf8'))).toMatchObject({
    input: '-',
    output: '-',
    status: 'unchanged',
  })
})

test('the bin `restore` is `uir restore`', () => {
  const bin = fileURLToPath(new URL('../../bin/restore.js', import.meta.url))
  const { status, stdout } = spawnSync(process.execPath, [bin, '-', '--threshold', '1'], { input })
  expect(status).toBe(0)
  expect(stdout).toEqual(input)
})

test.each<[string, string[], Uint8Array, number, RegExp]>([
  ['no image', ['-'], new Uint8Array(), 3, /^uir: standard input is empty; get an intact copy\n$/],
  ['text', ['-'], Buffer.from('hello'), 3, /^uir: standard input is no image that can be read/],
  ['a second input', ['-', 'x.jpg'], input, 2, /^uir: - stands for one image and goes alone/],
  ['--resume', ['-', '--resume'], input, 2, /^uir: --resume is for files, not for -; drop one of them\n$/],
  ['--json', ['-', '--json'], input, 2, /^uir: --json and - both write to standard output; use --log/],
])('%s is one line and writes nothing', (_, args, bytes, code, message) => {
  const { status, stdout, stderr } = uir(['restore', ...args], { input: bytes })
  expect({ status, stdout }).toEqual({ status: code, stdout: '' })
  expect(stderr).toMatch(message)
})
