import { open, readdir, readFile, rm, stat } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { UirError } from '../errors.ts'
import { isGone, OWNER, owner } from '../owner.ts'
import { explainWrite } from '../publish.ts'
import type { Shard } from './shard.ts'

/** What a run writes into its lock. */
interface Holder {
  readonly host: string
  readonly pid: number
  readonly shard?: Shard | undefined
}

/** The lock of another run. */
interface Lock extends Holder {
  readonly name: string
  /** Time of the last heartbeat. */
  readonly beat: number
  /** Whether its process has been seen; on another machine it can't be. */
  readonly isSeen: boolean
}

const LOCK = new RegExp(`^\\.uir-(${OWNER.source})\\.lock$`)

const BEAT_MS = 10_000

const LOOK_MS = 500

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
  const timer = setInterval(() => beat().catch(() => {}), BEAT_MS).unref()
  const release = async () => {
    clearInterval(timer)
    await file.close()
    await rm(path, { force: true })
  }
  const findRival = async () => {
    await beat()
    const locks = await findLocks(folder, (await file.stat()).mtimeMs)
    return locks.find(lock => !areSiblings(lock.shard, shard))
  }
  try {
    const first = await findRival()
    let rival = first
    // A run on another machine is alive when its heart beats while we look, and dead when it does not for too long.
    while (rival && !rival.isSeen && rival.name === first?.name && rival.beat === first.beat) {
      await sleep(LOOK_MS)
      rival = await findRival()
    }
    if (rival === undefined) return release
    const who = `${folder} is in use by another run (process ${rival.pid} on ${rival.host})`
    throw new UirError('usage', who, 'wait for it or choose another folder with -o')
  } catch (error) {
    await release()
    throw explainWrite(path, error)
  }
}

/** The locks of other runs; those of dead ones are removed. */
async function findLocks(folder: string, now: number): Promise<Lock[]> {
  const locks: Lock[] = []
  for (const name of await readdir(folder)) {
    const mark = LOCK.exec(name)?.[1]
    if (mark === undefined || mark === owner) continue
    const path = join(folder, name)
    const beat = await stat(path).then(
      ({ mtimeMs }) => mtimeMs,
      () => undefined,
    )
    if (beat === undefined) continue
    const isDead = isGone(mark)
    if (isDead || now - beat > STALE_MS) await rm(path, { force: true })
    else locks.push({ ...(await readHolder(path)), name, beat, isSeen: isDead === false })
  }
  return locks
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
