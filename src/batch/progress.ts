import { clearLine, cursorTo } from 'node:readline'
import { SingleBar } from 'cli-progress'

/** A line that is redrawn while a batch runs. */
export interface Progress {
  /** Counts an image. */
  step(name: string, failed: boolean): void
  /** Prints a line above the bar. */
  print(line: string): void
  close(): void
}

const FORMAT = '{bar} {value}/{total} images | {failed} failed | {eta_formatted} left | {name}'

/** Draws a bar on a terminal. On anything else only the printed lines appear. */
export function showProgress(stream: NodeJS.WriteStream, total: number, wanted: boolean): Progress {
  if (!wanted || !stream.isTTY) {
    return { step: () => {}, print: line => void stream.write(`${line}\n`), close: () => {} }
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
  let failures = 0
  bar.start(total, 0, { failed: 0, name: '' })
  return {
    step(name, failed) {
      if (failed) failures++
      bar.increment(1, { failed: failures, name })
    },
    print(line) {
      cursorTo(stream, 0)
      clearLine(stream, 0)
      stream.write(`${line}\n`)
    },
    close: () => bar.stop(),
  }
}
