import { dirname } from 'node:path'
import { type Journal, openJournal } from './journal.ts'
import { removeLeftovers } from './leftovers.ts'
import { lockFolder } from './lock.ts'
import type { Step } from './plan.ts'
import type { Shard } from './shard.ts'

/** A folder that this run alone, or this shard alone, works in. */
export interface Workplace {
  readonly journal: Journal
  close(): Promise<void>
}

/**
 * Locks a folder, clears away what killed runs left where results go, and opens the journal.
 *
 * @throws {UirError} `usage` when another run is at work there
 */
export async function openWorkplace(
  folder: string,
  steps: readonly Step[],
  options: { shard?: Shard | undefined; recall: boolean },
): Promise<Workplace> {
  const unlock = await lockFolder(folder, options.shard)
  try {
    await removeLeftovers(new Set(steps.map(({ output }) => dirname(output))))
    const journal = await openJournal(folder, options)
    return { journal, close: () => journal.close().finally(unlock) }
  } catch (error) {
    await unlock()
    throw error
  }
}
