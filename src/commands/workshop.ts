import { attempt } from '../batch/attempt.ts'
import type { Ends } from '../batch/ends.ts'
import type { Ledger } from '../batch/journal.ts'
import type { Step } from '../batch/plan.ts'
import { failedRow, type Row } from '../batch/row.ts'
import { runStep } from '../batch/step.ts'
import type { Selection } from '../pack/manifest.ts'
import { openPictures, type Pictures } from '../report/pictures.ts'
import { type Networks, openNetworks } from './session.ts'
import { type RestoreOptions, settingsOf } from './settings.ts'

/** What a workshop brings along. */
export interface Equipment {
  /** Worker threads. */
  readonly jobs: number
  /** Scores from which on a degradation counts. */
  readonly thresholds: Selection['thresholds']
}

/** What became of an image. */
export interface Outcome {
  readonly row: Row
  /** Taken where there is a report to show them. */
  readonly pictures?: Pictures | undefined
}

/** Everything of `uir restore` that reads, restores and writes images, in this process or in another. */
export interface Workshop {
  /** @throws {UirError} `pack`, `device`, or `usage` for an option that does not go with the pack */
  start(): Promise<Equipment>
  /**
   * Carries out a step; several may be given side by side.
   *
   * @param ledger absent for a pipe
   * @throws {UirError} whatever ends the whole run
   */
  work(step: Step, ledger: Ledger | undefined): Promise<Outcome>
  /** Drops what is under way, and returns when nothing runs any more. */
  close(): Promise<void>
}

/** A workshop in this process: a fault in native code ends it with all that it is at. */
export function openWorkshop(options: RestoreOptions, ends: Ends): Workshop {
  const controller = new AbortController()
  const { signal } = controller
  const pictures = options.report === undefined ? undefined : openPictures(options.maxPixels)
  const underWay = new Set<Promise<Outcome>>()
  let networks: Networks | undefined
  let settings: Awaited<ReturnType<typeof settingsOf>>

  async function carryOut(step: Step, journal: Ledger | undefined): Promise<Outcome> {
    const watched = pictures?.watch(ends) ?? ends
    const row = await attempt(step, {
      name: ({ input }) => ends.name(input),
      work: () => runStep(step, { ...settings, ends: watched, journal, signal }),
      recover: ({ input }, error) => failedRow(input, error),
      signal,
    })
    return { row, pictures: await pictures?.develop(row) }
  }

  return {
    async start() {
      networks = await openNetworks(options)
      settings = await settingsOf(options, networks)
      return { jobs: networks.engine.jobs, thresholds: settings.selection.thresholds }
    },
    async work(step, journal) {
      const outcome = carryOut(step, journal)
      underWay.add(outcome)
      return await outcome.finally(() => underWay.delete(outcome))
    },
    async close() {
      controller.abort(new Error('the workshop is closed'))
      await networks?.engine.close()
      await Promise.allSettled(underWay)
    },
  }
}
