import { clearLine, cursorTo } from 'node:readline'
import { SingleBar } from 'cli-progress'
import { megapixelsOf, type Row } from './row.ts'

/** A line that is redrawn while a batch runs. */
export interface Progress {
  /** Shows what is being worked on. */
  start(name: string): void
  /** Counts an image. */
  step(row: Row): void
  /** Prints a line above the bar. */
  print(line: string): void
  close(): void
}

const FORMAT = '{bar} {value}/{total} images | {failed} failed | {rate} MP/s | {eta_formatted} left | {name}'

/** Draws a bar on a terminal. On anything else only the printed lines appear. */
export function showProgress(stream: NodeJS.WriteStream, total: number, wanted: boolean): Progress {
  if (!wanted || !stream.isTTY || process.env.TERM === 'dumb') {
    return { start: () => {}, step: () => {}, print: line => void stream.write(`${line}\n`), close: () => {} }
  }
  const bar = new SingleBar({
    stream,
    format: FORMAT,
    barsize: 24,
    barCompleteChar: '#',
    barIncompleteChar: '.',
    clearOnComplete: true,
    // An interrupt is the command's business.
    gracefulExit: false,
  })
  const begin = performance.now()
  let failed = 0
  let megapixels = 0
  bar.start(total, 0, { failed, rate: '0.00', name: '' })
  return {
    start: name => bar.update({ name }),
    step(row) {
      if (row.status === 'failed') failed++
      megapixels += megapixelsOf(row)
      const seconds = (performance.now() - begin) / 1000
      bar.increment(1, { failed, rate: (megapixels / seconds).toFixed(2) })
    },
    print(line) {
      cursorTo(stream, 0)
      clearLine(stream, 0)
      stream.write(`${line}\n`)
    },
    close: () => bar.stop(),
  }
}
