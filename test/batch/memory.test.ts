import { totalmem } from 'node:os'
import { expect, test } from 'vitest'
import { shareMemory } from '../../src/batch/memory.ts'

const NETWORK = { graph: '', weights: '', multiple: 16, tile: 512, overlap: 32 }

test('tiles become smaller where memory is scarce, and the rest is for images', () => {
  const shares = [4e9, 700e6, 650e6].map(memory => shareMemory(NETWORK, { memory, jobs: 2 }))
  expect(shares.map(({ tile }) => tile)).toEqual([512, 256, 128])
  for (const { images } of shares) expect(images).toBeGreaterThanOrEqual(200e6)
  expect(shares[0]!.images).toBeGreaterThan(3e9)
})

test('a tile that was asked for stays, and leaves less', () => {
  const large = shareMemory(NETWORK, { memory: 4e9, tile: 2048, jobs: 1 })
  expect(large.tile).toBe(2048)
  expect(large.images).toBeLessThan(shareMemory(NETWORK, { memory: 4e9, jobs: 1 }).images)
})

test('too little is refused with what would do', () => {
  const ask = (memory: number, jobs: number) => () => shareMemory(NETWORK, { memory, jobs })
  expect(ask(500e6, 2)).toThrow('500 MB of --memory are too little for 2 jobs')
  const fix = /^give (\d+)MB or more or use fewer --jobs$/
  let least = 0
  try {
    ask(500e6, 2)()
  } catch (error) {
    least = Number(fix.exec((error as { fix: string }).fix)?.[1]) * 1e6
  }
  expect(ask(least, 2)).not.toThrow()
  expect(ask(least - 2e6, 2)).toThrow(/too little/)
  expect(ask(least - 2e6, 1)).not.toThrow()
})

test.runIf(totalmem() > 4e9)('an ordinary machine has memory for the tiles of the pack', () => {
  expect(shareMemory(NETWORK, { jobs: 2 }).tile).toBe(512)
})
