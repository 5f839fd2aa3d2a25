// Loaded into every thread of a command under test: ends worker threads while a network runs, as often as UIR_CRASHES
// says. The folder UIR_CRASH_LOG keeps count, because a new thread knows nothing of the last one.
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isMainThread } from 'node:worker_threads'

const { UIR_CRASHES, UIR_CRASH_LOG } = process.env

if (!isMainThread && UIR_CRASH_LOG !== undefined) {
  const { InferenceSession } = await import('onnxruntime-node')
  const { run } = InferenceSession.prototype
  InferenceSession.prototype.run = function (...args) {
    const count = readdirSync(UIR_CRASH_LOG).length
    if (count < Number(UIR_CRASHES)) {
      writeFileSync(join(UIR_CRASH_LOG, String(count)), '')
      process.exit(1)
    }
    return run.apply(this, args)
  }
}
