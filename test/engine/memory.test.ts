import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { halving } from '../../src/engine/memory.ts'
import type { Framed } from '../../src/engine/pixels.ts'
import type { Tile } from '../../src/engine/tiles.ts'
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

/** A tile of a picture whose samples tell where they are. */
function picture({ x, y }: Tile): Framed {
  const data = new Float32Array(3 * x.length * y.length).map((_, i) => {
    const [plane, row] = [Math.floor(i / x.length / y.length), Math.floor(i / x.length) % y.length]
    return plane / 3 + (y.start + row) / 1e3 + (x.start + (i % x.length)) / 1e6
  })
  return { data, frame: { left: 0, top: 0, width: x.length, height: y.length } }
}

test('the pieces of a tile join to what it would have been, and later tiles start with smaller ones', async () => {
  const sides: number[] = []
  const restore = halving({ tile: 512, overlap: 32, multiple: 16 }, async tile => {
    const side = Math.max(tile.x.length, tile.y.length)
    sides.push(side)
    if (side > 150) throw new Error('std::bad_alloc')
    return picture(tile)
  })
  const tile = { x: { start: 100, length: 512 }, y: { start: 40, length: 400 } }
  const [pieces, whole] = [await restore(tile), picture(tile)]
  expect(pieces.data.every((value, i) => Math.abs(value - whole.data[i]!) < 1e-6)).toBe(true)
  expect(sides[0]).toBe(512)
  const tried = sides.length
  await restore({ x: { start: 0, length: 300 }, y: { start: 0, length: 300 } })
  expect(Math.max(...sides.slice(tried))).toBeLessThanOrEqual(150)
})

test('tiles that are small already, and other failures, are not tried again', async () => {
  const tile = (length: number) => ({ x: { start: 0, length }, y: { start: 0, length } })
  const fail = (message: string) =>
    halving({ tile: 512, overlap: 32, multiple: 16 }, () => Promise.reject(new Error(message)))
  await expect(fail('std::bad_alloc')(tile(128))).rejects.toThrow('bad_alloc')
  await expect(fail('a defect')(tile(512))).rejects.toThrow('a defect')
})
