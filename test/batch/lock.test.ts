import { readdirSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { lockFolder } from '../../src/batch/lock.ts'
import { owner } from '../../src/owner.ts'
import { temporaryFolder } from '../support/command.ts'

const FAR = '.uir-0123abcd-77.lock'

/** Sets the last heartbeat. */
function beat(folder: string, ageSeconds: number): void {
  const time = Date.now() / 1000 - ageSeconds
  utimesSync(join(folder, FAR), time, time)
}

/** A folder that a run on another machine holds. */
function heldFolder(shard?: { index: number; count: number }, ageSeconds = 0): string {
  const folder = temporaryFolder()
  writeFileSync(join(folder, FAR), JSON.stringify({ host: 'far', pid: 77, shard }))
  beat(folder, ageSeconds)
  return folder
}

/** Lets the run elsewhere live until the test ends. */
function keepAlive(folder: string): string {
  const timer = setInterval(() => beat(folder, 0), 50)
  onTestFinished(() => clearInterval(timer))
  return folder
}

test('a run elsewhere that shows life is respected', async () => {
  const folder = keepAlive(heldFolder(undefined, 20))
  await expect(lockFolder(folder)).rejects.toThrow('in use by another run (process 77 on far)')
  expect(readdirSync(folder)).toEqual([FAR])
})

test.each([90, 59])('a run elsewhere without a heartbeat for %i seconds and on is dead', async age => {
  const folder = heldFolder(undefined, age)
  const unlock = await lockFolder(folder)
  expect(readdirSync(folder)).toEqual([`.uir-${owner}.lock`])
  await unlock()
  expect(readdirSync(folder)).toEqual([])
})

test.each([
  [{ index: 1, count: 2 }, { index: 2, count: 2 }, true],
  [{ index: 1, count: 2 }, { index: 1, count: 2 }, false],
  [{ index: 1, count: 2 }, { index: 2, count: 3 }, false],
  [{ index: 1, count: 2 }, undefined, false],
  [undefined, { index: 1, count: 2 }, false],
])('shard %j beside %j: %s', async (theirs, ours, isAllowed) => {
  const lock = lockFolder(keepAlive(heldFolder(theirs)), ours)
  if (isAllowed) await (await lock)()
  else await expect(lock).rejects.toThrow(/in use/)
})

test('a lock that is only half written holds', async () => {
  const folder = keepAlive(heldFolder())
  writeFileSync(join(folder, FAR), '{"ho')
  await expect(lockFolder(folder)).rejects.toThrow(/in use/)
})
