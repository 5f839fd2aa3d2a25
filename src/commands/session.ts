import { type Engine, openEngine } from '../engine/engine.ts'
import { UirError } from '../errors.ts'
import { openPack, type Pack } from '../pack/pack.ts'
import type { NetworkOptions } from './options.ts'

/** The networks of one command. */
export interface Session {
  readonly pack: Pack
  readonly engine: Engine
  /** Aborted by Ctrl-C; a second Ctrl-C ends the process at once. */
  readonly signal: AbortSignal
}

/**
 * Opens pack and engine, lends them to `use`, and closes the engine however that ends.
 *
 * @param print writes one line for the user
 */
export async function withSession<T>(
  options: Pick<NetworkOptions, 'device' | 'jobs' | 'pack'>,
  use: (session: Session) => Promise<T>,
  print: (line: string) => void = line => process.stderr.write(`${line}\n`),
): Promise<T> {
  const pack = await openPack(options.pack)
  const engine = await openEngine({ pack, device: options.device, jobs: options.jobs })
  const controller = new AbortController()
  const stop = (message: string) => {
    controller.abort(new UirError('interrupted', message))
    void engine.close()
  }
  const onSignal = () => {
    print('uir: stopping, and dropping the images under way; a second Ctrl-C stops at once')
    stop('interrupted')
  }
  const onClosedPipe = () => stop('standard output was closed')
  process.once('SIGINT', onSignal).once('SIGTERM', onSignal)
  process.stdout.on('error', onClosedPipe)
  try {
    return await use({ pack, engine, signal: controller.signal })
  } finally {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal)
    await engine.close()
  }
}
