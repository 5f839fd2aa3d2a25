// The child process of the supervisor: it does all that native code may end. Only what is needed at once is loaded here.
import { setImmediate } from 'node:timers/promises'
import { files } from '../batch/ends.ts'
import type { Entry } from '../batch/journal.ts'
import type { Step } from '../batch/plan.ts'
import type { Row } from '../batch/row.ts'
import { openCalls } from './calls.ts'
import type { RestoreOptions } from './settings.ts'
import type { Equipment, Outcome, Workshop } from './workshop.ts'

/** What the child does for the supervisor; see Workshop. */
export interface Host {
  start(options: RestoreOptions): Promise<Equipment>
  /** @param known what the journal says about the output */
  work(step: Step, known: Entry | undefined): Promise<Outcome>
  /** Closes the workshop and ends the process; there is no answer. */
  leave(): Promise<void>
}

/** What the supervisor does for the child. */
export interface Keeper {
  /** Adds to the journal; see Ledger. */
  keep(output: string, entry: Entry, row: Row): Promise<void>
}

// The whole group gets a Ctrl-C; what it means is up to the supervisor.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {})

// Without the supervisor nobody holds the folder: nothing may be written any more.
const stop = () => process.kill(process.pid, 'SIGKILL')
process.on('disconnect', stop)

let workshop: Workshop

const host: Host = {
  async start(options) {
    const { openWorkshop } = await import('./workshop.ts')
    workshop = openWorkshop(options, files)
    return await workshop.start()
  },
  work: (step, known) => workshop.work(step, { find: () => known, add: (...made) => call('keep', ...made) }),
  async leave() {
    await workshop.close()
    // What was dropped is answered first.
    await setImmediate()
    process.off('disconnect', stop).disconnect()
    // Nothing is being written; but an encoder at work can't be stopped, and Node would wait for it.
    setTimeout(stop, 200).unref()
  },
}

const call = openCalls<Keeper, Host>(process, host)
