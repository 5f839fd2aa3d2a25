import { dirname } from 'node:path'
import { digestOf, type Entry, type Ledger } from '../batch/journal.ts'
import { removeLeftovers } from '../batch/leftovers.ts'
import type { Step } from '../batch/plan.ts'
import { failedRow, type Row } from '../batch/row.ts'
import { UirError } from '../errors.ts'
import { explainFull } from '../publish.ts'
import { type Child, startChild } from './child.ts'
import type { RestoreOptions } from './settings.ts'
import type { Outcome, Workshop } from './workshop.ts'

/** An image that is given to a child, until there is an outcome. */
interface Job {
  readonly step: Step
  readonly ledger: Ledger | undefined
  /** What is about to take the place of the output, or has taken it. */
  made?: { readonly entry: Entry; readonly row: Row }
  /** How the processes ended that were at it. */
  readonly crashes: string[]
  resolve(outcome: Outcome): void
  reject(error: unknown): void
}

/**
 * A workshop in a child process. When a fault in native code, or the kernel, ends that process, another one takes its
 * place. The images that were under way are tried again, each alone, so that the one to blame is known and fails.
 *
 * @param print writes one line for the user
 */
export function supervise(options: RestoreOptions, print: (line: string) => void): Workshop {
  const underWay = new Map<string, Job>()
  const suspects: Job[] = []
  let child: Child | undefined
  /** While it lasts, suspects have the child for themselves. */
  let trials: Promise<void> | undefined
  let isClosed = false
  /** Settled once no answer is expected any more. */
  let release = () => {}
  const released = new Promise<void>(resolve => {
    release = resolve
  })

  /** The child that is there, or the next one. */
  function employ(): Child {
    if (child !== undefined) return child
    const started = startChild(options, { keep })
    void started.ended.then(how => {
      child = undefined
      const jobs = [...underWay.values()]
      underWay.clear()
      // One that never got ready has rejected its jobs, and it is no image's fault.
      if (started.isReady && jobs.length > 0) suspect(jobs, how)
    })
    child = started
    return started
  }

  async function keep(output: string, entry: Entry, row: Row): Promise<void> {
    const job = underWay.get(output)!
    job.made = { entry, row }
    await job.ledger?.add(output, entry, row).catch(error => {
      throw explainFull(error)
    })
  }

  /** Has the child work on a job, and returns when it is done, the child gone or all this closed. */
  async function assign(job: Job): Promise<void> {
    const { step, ledger, made } = job
    const { ready, call, ended } = employ()
    underWay.set(step.output, job)
    const work = ready
      .then(() => call('work', step, made?.entry ?? ledger?.find(step.output)))
      .then(job.resolve, job.reject)
      .finally(() => underWay.delete(step.output))
    await Promise.race([work, ended, released])
  }

  function suspect(jobs: readonly Job[], how: string): void {
    for (const job of jobs) job.crashes.push(how)
    // One whose trial this was is next: its verdict is due.
    suspects.unshift(...jobs)
    if (trials !== undefined || isClosed) return
    print(`uir: the process at work ended (${how}); what it was at is tried again, one image at a time`)
    trials = tryAll().finally(() => {
      trials = undefined
    })
  }

  async function tryAll(): Promise<void> {
    for (let job = suspects.shift(); job !== undefined; job = suspects.shift()) {
      const { step, made, crashes } = job
      await removeLeftovers([dirname(step.output)])
      if (made !== undefined && made.entry.result === (await digestOf(step.output)))
        job.resolve({ row: made.row })
      else if (isClosed) job.reject(closedError())
      else if (crashes.length > 1) job.resolve({ row: failedRow(step.input, verdict(step.input, crashes)) })
      else await assign(job)
    }
  }

  async function close(): Promise<void> {
    isClosed = true
    await child?.close()
    // The child may hang up before it has answered: what is under way then gets no answer any more.
    release()
    await trials
    for (const { reject } of [...suspects, ...underWay.values()]) reject(closedError())
  }

  return {
    start: async () => await employ().ready,
    async work(step, ledger) {
      while (trials !== undefined) await trials
      if (isClosed) throw closedError()
      return await new Promise((resolve, reject) => {
        void assign({ step, ledger, crashes: [], resolve, reject })
      })
    },
    close,
  }
}

function verdict(input: string, crashes: readonly string[]): UirError {
  const isKilled = crashes.every(how => how === 'SIGKILL')
  const fix = isKilled
    ? 'memory may have run out: free some, or give a smaller --memory'
    : 'convert it with another program, and report this as a defect'
  return new UirError('image', `${input} ended the process twice (${crashes.join(', ')})`, fix)
}

function closedError(): Error {
  return new Error('the workshop is closed')
}
