import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { UirError } from '../errors.ts'
import { ALLOCATOR } from './allocator.ts'
import { type Call, openCalls } from './calls.ts'
import type { Host, Keeper } from './host.ts'
import type { RestoreOptions } from './settings.ts'
import type { Equipment } from './workshop.ts'

/** A process that restores images for this one. */
export interface Child {
  readonly call: Call<Host>
  /** Rejected also when the child ends before it is ready. */
  readonly ready: Promise<Equipment>
  readonly isReady: boolean
  /** Settled when it is gone: the signal or code that it ended with. */
  readonly ended: Promise<string>
  /** Ends it as soon as nothing is under way; it may still be giving back its memory then. May be called again. */
  close(): Promise<void>
}

/** Starts a child; where it can't be started it has ended. */
export function startChild(options: RestoreOptions, keeper: Keeper): Child {
  const child = fork(fileURLToPath(new URL('./host.js', import.meta.url)), {
    // Standard output belongs to rows. What native code has to say about its end goes where errors go.
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    serialization: 'advanced',
    env: { ...ALLOCATOR, ...process.env },
  })
  const ended = once(child, 'close').then(
    ([code, signal]) => String(signal ?? `exit code ${code}`),
    (error: Error) => error.message,
  )
  const hungUp = new Promise(resolve => child.once('disconnect', resolve))
  const call = openCalls<Host, Keeper>(child, keeper)
  let isReady = false
  const failure = ended.then(how => {
    const what = `the process that restores images ended as it started (${how})`
    throw new UirError('internal', what, 'run uir doctor')
  })
  const start = call('start', options).then(equipment => {
    isReady = true
    return equipment
  })
  const ready = Promise.race([start, failure])
  // Nobody may be waiting.
  ready.catch(() => {})
  return {
    call,
    ready,
    get isReady() {
      return isReady
    },
    ended,
    async close() {
      // Before it is ready nothing is under way.
      if (isReady) void call('leave')
      else child.kill('SIGKILL')
      // Once it has hung up nothing keeps this process waiting for its end.
      await Promise.race([hungUp, ended])
      child.unref()
    },
  }
}
