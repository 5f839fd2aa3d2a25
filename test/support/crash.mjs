// Loaded into every thread of a command under test: ends worker threads while a network restores a tile, as often as
// UIR_CRASHES says; with UIR_CRASH_SIGNAL the whole process ends by that signal, and with UIR_CRASH_WIDTH only tiles at
// least so many pixels wide count. The folder UIR_CRASH_LOG keeps count, because a new thread knows nothing of the last one.
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isMainThread } from 'node:worker_threads'

const { UIR_CRASHES, UIR_CRASH_LOG, UIR_CRASH_SIGNAL, UIR_CRASH_WIDTH } = process.env

if (!isMainThread && UIR_CRASH_LOG !== undefined) {
  const { InferenceSession } = await import('onnxruntime-node')
  const { run } = InferenceSession.prototype
  InferenceSession.prototype.run = function (...args) {
    const count = readdirSync(UIR_CRASH_LOG).length
    const width = args[0].image?.dims[3]
    const isDue = UIR_CRASH_WIDTH === undefined || width >= Number(UIR_CRASH_WIDTH)
    if (isDue && count < Number(UIR_CRASHES)) {
      writeFileSync(join(UIR_CRASH_LOG, String(count)), '')
      if (UIR_CRASH_SIGNAL === undefined) process.exit(1)
      process.kill(process.pid, UIR_CRASH_SIGNAL)
    }
    return run.apply(this, args)
  }
}
