// Loaded into every process of a run: at the end it adds its peak resident set, in bytes, to a file.
import { appendFileSync } from 'node:fs'
import { isMainThread } from 'node:worker_threads'

if (isMainThread) {
  process.on('exit', () => {
    appendFileSync(process.env.UIR_PEAK, `${process.resourceUsage().maxRSS * 1024}\n`)
  })
}
