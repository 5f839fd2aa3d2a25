import { createHash } from 'node:crypto'
import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'

/** Where a process number means something: a host, and there a namespace, because containers count on their own. */
const space = createHash('sha256').update(`${hostname()} ${processNamespace()}`).digest('hex').slice(0, 8)

/** Marks what this process leaves on disk, so that others can tell work in progress from leftovers. */
export const owner = `${space}-${process.pid}`

/** What a mark looks like. */
export const OWNER = /[0-9a-f]{8}-\d+/

/** Whether the process of a mark is gone; undefined when it ran where its number means nothing to us. */
export function isGone(mark: string): boolean | undefined {
  const [where, pid] = mark.split('-')
  if (where !== space) return undefined
  try {
    process.kill(Number(pid), 0)
    return isZombie(pid!)
  } catch (error) {
    // EPERM: it is there, and another user's.
    return (error as NodeJS.ErrnoException).code === 'ESRCH'
  }
}

/**
 * Whether a process has ended and only its parent doesn't know yet. An orphan waits for the first process of its container,
 * which may look after it late or never.
 */
function isZombie(pid: string): boolean {
  try {
    // The state comes after the name, which is in parentheses and may hold some.
    return /\) [ZX] [^)]*$/.test(readFileSync(`/proc/${pid}/stat`, 'latin1'))
  } catch {
    // It has gone meanwhile, or the system has no /proc.
    return false
  }
}

function processNamespace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid')
  } catch {
    return ''
  }
}
