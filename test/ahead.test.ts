import { setTimeout } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { runAhead } from '../src/ahead.ts'

test('results keep their order and no more than the depth is under way', async () => {
  let running = 0
  let most = 0
  const work = async (item: number) => {
    most = Math.max(most, ++running)
    await setTimeout(item % 3 === 0 ? 15 : 1)
    running--
    return item
  }
  const results: number[] = []
  for await (const result of runAhead(
    Array.from({ length: 20 }, (_, i) => i),
    4,
    work,
  ))
    results.push(result)
  expect(results).toEqual(Array.from({ length: 20 }, (_, i) => i))
  expect(most).toBe(4)
})

test('the first failure ends it and the later ones stay silent', async () => {
  const fail = async (item: number) => {
    throw new Error(String(item))
  }
  await expect(runAhead([1, 2, 3], 3, fail).next()).rejects.toThrow('1')
})
