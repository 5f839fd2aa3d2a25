// Loaded into every process of a command that is measured: leaves its peak memory in the folder UIR_PEAKS as it ends, in a
// file that is empty until then.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isMainThread } from 'node:worker_threads'

const STATUS = '/proc/self/status'

/** Kilobytes; on Linux from /proc, because there resourceUsage counts what the parent held when it forked. */
export function peakKilobytes() {
  if (!existsSync(STATUS)) return process.resourceUsage().maxRSS
  return Number(/VmHWM:\s*(\d+)/.exec(readFileSync(STATUS, 'utf8'))[1])
}

const folder = process.env.UIR_PEAKS
if (isMainThread && folder !== undefined) {
  const file = join(folder, String(process.pid))
  writeFileSync(file, '')
  process.on('exit', () => writeFileSync(file, String(peakKilobytes())))
}
