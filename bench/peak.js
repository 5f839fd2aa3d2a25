// Loaded into every process of a command that is measured: leaves its peak memory in the folder UIR_PEAKS as it ends.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isMainThread } from 'node:worker_threads'

if (isMainThread) {
  process.on('exit', () => {
    writeFileSync(join(process.env.UIR_PEAKS, String(process.pid)), String(process.resourceUsage().maxRSS))
  })
}
