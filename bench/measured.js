// Runs the command in this process with the arguments given, and sends its seconds and peak memory to the parent: that of
// this process and that of the largest child, which does the work.
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { main } from '../dist/commands/main.js'
import { peakKilobytes } from './peak.js'

const peaks = await mkdtemp(join(tmpdir(), 'uir-peaks-'))
process.env.UIR_PEAKS = peaks
process.env.NODE_OPTIONS = `--import=${new URL('./peak.js', import.meta.url)}`
const start = performance.now()
const code = await main(process.argv.slice(2))
const seconds = (performance.now() - start) / 1000
const children = (await readdir(peaks)).map(peakOf)
const kilobytes = peakKilobytes() + Math.max(0, ...(await Promise.all(children)))
await rm(peaks, { recursive: true })
process.send({ code, seconds, peakBytes: kilobytes * 1024 })
process.disconnect()

/** The command does not wait until its child has given back its memory; one that was killed leaves nothing. */
async function peakOf(pid) {
  while (isAlive(pid) && (await peakIn(pid)) === 0) await sleep(10)
  return await peakIn(pid)
}

async function peakIn(pid) {
  return Number(await readFile(join(peaks, pid)))
}

function isAlive(pid) {
  try {
    return process.kill(Number(pid), 0)
  } catch {
    return false
  }
}
