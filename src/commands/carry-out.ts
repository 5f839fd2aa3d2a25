import { access, constants } from 'node:fs/promises'
import { files } from '../batch/ends.ts'
import { type Log, openLog } from '../batch/log.ts'
import type { Step } from '../batch/plan.ts'
import { showProgress } from '../batch/progress.ts'
import type { Row } from '../batch/row.ts'
import { runBatch } from '../batch/run.ts'
import { estimateSpace } from '../batch/space.ts'
import { runStep } from '../batch/step.ts'
import { startTally } from '../batch/tally.ts'
import { openWorkplace } from '../batch/workplace.ts'
import { describe, UirError } from '../errors.ts'
import { makeFolder } from '../folder.ts'
import type { Selection } from '../pack/manifest.ts'
import { explainWrite, isFull } from '../publish.ts'
import { openReport, type Report } from '../report/report.ts'
import { collectFailures } from './failures.ts'
import type { Plan } from './plan.ts'
import { withSession } from './session.ts'
import { type RestoreOptions, settingsOf } from './settings.ts'

/** Restores what a plan says, and reports. */
export async function carryOut(plan: Plan, options: RestoreOptions): Promise<void> {
  try {
    await work(plan, options)
  } catch (error) {
    throw explainEnd(error)
  }
}

/** What ends a run before its last image, and how to go on. */
function explainEnd(error: unknown): unknown {
  if (!(error instanceof UirError)) return error
  const { message, code } = error
  if (code === 'interrupted') return new UirError(code, message, 'run again with --resume to go on')
  const fix = 'free some space, then run again with --resume'
  return isFull(error) ? new UirError('images', message, fix, { cause: error }) : error
}

async function work({ steps, problems, ends, folder }: Plan, options: RestoreOptions): Promise<void> {
  const { resume = false, shard, quiet, json } = options
  const isTalkative = !quiet && !json && ends === files
  if (ends === files) await prepareFolder(folder)
  const place = ends === files ? await openWorkplace(folder, steps, { shard, recall: resume }) : undefined
  let log: Log | undefined
  let page: Report | undefined
  const progress = showProgress(process.stderr, steps.length, isTalkative)
  const failures = collectFailures(steps.length + problems.length, progress.print)
  const tally = startTally()
  const record = async (row: Row, thresholds: Selection['thresholds'] = {}) => {
    tally.add(row)
    progress.step(row)
    await log?.write(row)
    await page?.write(row, thresholds)
    if (json) process.stdout.write(`${JSON.stringify(row)}\n`)
    if (row.status === 'ignored' && isTalkative) progress.print(`uir: ${row.input} is no image: ignored`)
    if (row.error === undefined) return
    if (options.failFast) throw new UirError('image', row.error)
    failures.add(row.error)
  }
  try {
    if (options.log !== undefined) log = await openLog(options.log, resume)
    if (options.report !== undefined) page = await openReport(options.report, options.maxPixels)
    if (isTalkative) await warnOfSpace(steps, folder, progress.print)
    for (const { input, error } of problems) await record(failed(input, error))
    await withSession(
      options,
      async session => {
        const watched = page?.watch(ends) ?? ends
        const { signal } = session
        const settings = {
          ...(await settingsOf(options, session)),
          ends: watched,
          journal: place?.journal,
          signal,
        }
        const rows = runBatch<Step, Row>(steps, {
          // One image is decoded and one is written while the others keep the workers busy.
          depth: session.engine.jobs + 2,
          signal,
          name: ({ input }) => ends.name(input),
          work: step => {
            progress.start(ends.name(step.input))
            return runStep(step, settings)
          },
          recover: ({ input }, error) => failed(input, error),
        })
        for await (const row of rows) await record(row, settings.selection.thresholds)
      },
      progress.print,
    )
  } finally {
    progress.close()
    await log?.close()
    await page?.close()
    await place?.close()
    const { failed, ...done } = tally.counts
    const isAnythingDone = steps.length === 0 || Object.values(done).some(count => count > 0)
    if (isTalkative && isAnythingDone) process.stderr.write(tally.text(folder))
    failures.list()
  }
  failures.finish()
}

/** Finds out before any work is done whether results can be written. */
async function prepareFolder(folder: string): Promise<void> {
  try {
    await makeFolder(folder)
    await access(folder, constants.W_OK)
  } catch (cause) {
    throw explainWrite(folder, cause)
  }
}

async function warnOfSpace(
  steps: readonly Step[],
  folder: string,
  print: (line: string) => void,
): Promise<void> {
  const { needed, free } = await estimateSpace(steps, folder)
  if (needed <= free) return
  print(
    `uir: the results need about ${sizeText(needed)}, and ${folder} has room for ${sizeText(free)}; going on`,
  )
}

function failed(input: string, error: UirError): Row {
  return { input, status: 'failed', seconds: 0, error: describe(error) }
}

function sizeText(bytes: number): string {
  if (bytes < 1e6) return `${Math.ceil(bytes / 1e3)} KB`
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(1)} GB`
}
