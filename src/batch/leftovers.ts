import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { isGone } from '../owner.ts'
import { TEMPORARY } from '../publish.ts'

const DAY_MS = 24 * 60 * 60 * 1000

/** Removes the temporary files of runs that were killed; those of other machines when they are a day old. */
export async function removeLeftovers(folders: Iterable<string>): Promise<void> {
  for (const folder of folders) {
    for (const name of await readdir(folder).catch(() => [])) {
      const mark = TEMPORARY.exec(name)?.[1]
      if (mark === undefined) continue
      const path = join(folder, name)
      const isLeft = isGone(mark) ?? (await ageOf(path)) > DAY_MS
      // What can't be removed is in nobody's way.
      if (isLeft) await rm(path, { recursive: true, force: true }).catch(() => {})
    }
  }
}

async function ageOf(path: string): Promise<number> {
  const found = await stat(path).catch(() => undefined)
  return found === undefined ? 0 : Date.now() - found.mtimeMs
}
