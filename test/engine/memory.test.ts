import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { BIN, temporaryFolder } from '../support/command.ts'

const SIDE = 2048
const LIMIT = 800e6

test.runIf(spawnSync('prlimit', ['--version']).status === 0)(
  'a tile that memory does not suffice for is cut into smaller ones',
  async () => {
    const folder = temporaryFolder()
    const file = join(folder, 'large.png')
    const noise = { type: 'gaussian' as const, mean: 128, sigma: 40 }
    await sharp({ create: { width: SIDE, height: SIDE, channels: 3, background: 'grey', noise } }).toFile(
      file,
    )
    const restored = (name: string, command: string, ...limit: string[]) => {
      const args = ['restore', file, '-o', join(folder, name), '--expert', 'noise', '--jobs', '1']
      const { status, stderr } = spawnSync(command, [...limit, BIN, ...args, '--tile', String(SIDE)])
      expect({ status, stderr: stderr.toString() }).toEqual({ status: 0, stderr: expect.any(String) })
      return readFileSync(join(folder, name, 'large.png'))
    }
    const whole = restored('whole', process.execPath)
    const tiled = restored('tiled', 'prlimit', `--data=${LIMIT}`, process.execPath)
    expect(tiled.equals(whole), 'the limit was too high for this test to show anything').toBe(false)
  },
)
