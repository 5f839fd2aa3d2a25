import { UirError } from '../errors.ts'

/**
 * Lends `use` a signal that Ctrl-C, SIGTERM or a reader that goes away aborts; a second Ctrl-C ends the process at once.
 *
 * @param close stops what is under way; it is called however `use` ends
 * @param print writes one line for the user
 */
export async function interruptible<T>(
  close: () => Promise<void>,
  use: (signal: AbortSignal) => Promise<T>,
  print: (line: string) => void = line => process.stderr.write(`${line}\n`),
): Promise<T> {
  const controller = new AbortController()
  const stop = (message: string) => {
    controller.abort(new UirError('interrupted', message))
    void close()
  }
  const onSignal = () => {
    print('uir: stopping, and dropping the images under way; a second Ctrl-C stops at once')
    stop('interrupted')
  }
  const onClosedPipe = () => stop('standard output was closed')
  process.once('SIGINT', onSignal).once('SIGTERM', onSignal)
  process.stdout.on('error', onClosedPipe)
  try {
    return await use(controller.signal)
  } finally {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal)
    await close()
  }
}
