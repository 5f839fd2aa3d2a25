import { stat, statfs } from 'node:fs/promises'
import { runAhead } from '../ahead.ts'
import type { Step } from './plan.ts'

/** Room on a disk, in bytes. */
export interface Space {
  readonly needed: number
  readonly free: number
}

/** Files that are looked at side by side. */
const DEPTH = 16

/** Estimates the room for results: as much as their inputs take, less what is there already. */
export async function estimateSpace(steps: readonly Step[], folder: string): Promise<Space> {
  const sizes = runAhead(steps, DEPTH, async ({ input, output, inPlace }) => {
    const [before = 0, after = 0] = await Promise.all([input, output].map(sizeOf))
    return inPlace?.backup === undefined ? Math.max(0, before - after) : before
  })
  let needed = 0
  for await (const size of sizes) needed += size
  return { needed, free: await freeSpace(folder) }
}

/** Not every file system tells. */
async function freeSpace(folder: string): Promise<number> {
  return await statfs(folder).then(
    ({ bavail, bsize }) => bavail * bsize,
    () => Number.POSITIVE_INFINITY,
  )
}

async function sizeOf(path: string): Promise<number> {
  return await stat(path).then(
    ({ size }) => size,
    () => 0,
  )
}
