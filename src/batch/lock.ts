import { open, readdir, readFile, rm, stat } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { UirError } from '../errors.ts'
import { isGone, OWNER, owner } from '../owner.ts'
import { explainWrite } from '../publish.ts'
import type { Shard } from './shard.ts'

/** A run that holds a folder. */
interface Holder {
  readonly host: string
  readonly pid: number
  readonly shard?: Shard | undefined
}

const LOCK = new RegExp(`^\\.uir-(${OWNER.source})\\.lock$`)

const BEAT_MS = 10_000

/** A lock without a heartbeat for so long is a dead run's, on whatever machine. */
const STALE_MS = 60_000

/**
 * Holds a folder against other runs, until the returned function lets it go. Shards of one partition share it.
 *
 * Every run announces itself in a file of its own and then looks for others: two that start at once may both give way,
 * but never both go on. A killed run leaves its file behind, and the next one removes it.
 *
 * @throws {UirError} `usage` when another run holds the folder
 */
export async function lockFolder(folder: string, shard?: Shard): Promise<() => Promise<void>> {
  const path = join(folder, `.uir-${owner}.lock`)
  const file = await open(path, 'w').catch(cause => {
    throw explainWrite(path, cause)
  })
  const text = JSON.stringify({ host: hostname(), pid: process.pid, shard } satisfies Holder)
  // The file system stamps what is written by its own clock, which is one for all hosts.
  const beat = () => file.write(text, 0)
  await beat()
  const timer = setInterval(() => beat().catch(() => {}), BEAT_MS).unref()
  const release = async () => {
    clearInterval(timer)
    await file.close()
    await rm(path, { force: true })
  }
  try {
    const now = (await file.stat()).mtimeMs
    const rival = (await findHolders(folder, now)).find(holder => !areSiblings(holder.shard, shard))
    if (rival === undefined) return release
    const who = `${folder} is in use by another run (process ${rival.pid} on ${rival.host})`
    throw new UirError('usage', who, 'wait for it or choose another folder with -o')
  } catch (error) {
    await release()
    throw error
  }
}

/** The other runs that hold a folder; what dead ones left is removed. */
async function findHolders(folder: string, now: number): Promise<Holder[]> {
  const holders: Holder[] = []
  for (const name of await readdir(folder)) {
    const mark = LOCK.exec(name)?.[1]
    if (mark === undefined || mark === owner) continue
    const path = join(folder, name)
    const found = await stat(path).catch(() => undefined)
    if (found === undefined) continue
    if (isGone(mark) || now - found.mtimeMs > STALE_MS) await rm(path, { force: true })
    else holders.push(await readHolder(path))
  }
  return holders
}

/** A lock that is being written or that the disk had no room for is somebody's all the same. */
async function readHolder(path: string): Promise<Holder> {
  try {
    return JSON.parse(await readFile(path, 'utf8'))
  } catch {
    return { host: 'unknown', pid: 0 }
  }
}

function areSiblings(a: Shard | undefined, b: Shard | undefined): boolean {
  return a !== undefined && b !== undefined && a.count === b.count && a.index !== b.index
}
