import { access, constants } from 'node:fs/promises'
import { type Ends, files } from '../batch/ends.ts'
import { type Log, openLog } from '../batch/log.ts'
import type { Step } from '../batch/plan.ts'
import { showProgress } from '../batch/progress.ts'
import { failedRow, type Row } from '../batch/row.ts'
import { runBatch } from '../batch/run.ts'
import { estimateSpace } from '../batch/space.ts'
import { startTally } from '../batch/tally.ts'
import { openWorkplace } from '../batch/workplace.ts'
import { UirError } from '../errors.ts'
import { makeFolder } from '../folder.ts'
import { explainFull, explainWrite } from '../publish.ts'
import type { Pictures } from '../report/pictures.ts'
import { openReport, type Report } from '../report/report.ts'
import { collectFailures } from './failures.ts'
import { interruptible } from './interrupt.ts'
import type { Plan } from './plan.ts'
import type { RestoreOptions } from './settings.ts'
import { supervise } from './supervisor.ts'
import type { Equipment, Workshop } from './workshop.ts'

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
  if (!(error instanceof UirError) || error.code !== 'interrupted') return explainFull(error)
  return new UirError(error.code, error.message, 'run again with --resume to go on')
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
  const record = async (row: Row, pictures: Pictures = {}, thresholds: Equipment['thresholds'] = {}) => {
    tally.add(row)
    progress.step(row)
    await log?.write(row)
    await page?.write(row, pictures, thresholds)
    if (json) process.stdout.write(`${JSON.stringify(row)}\n`)
    if (row.status === 'ignored' && isTalkative) progress.print(`uir: ${row.input} is no image: ignored`)
    if (row.error === undefined) return
    if (options.failFast) throw new UirError('image', row.error)
    failures.add(row.error)
  }
  try {
    if (options.log !== undefined) log = await openLog(options.log, resume)
    if (options.report !== undefined) page = await openReport(options.report)
    if (isTalkative) await warnOfSpace(steps, folder, progress.print)
    for (const { input, error } of problems) await record(failedRow(input, error))
    const workshop = await openWorkshopFor(ends, options, isTalkative ? progress.print : () => {})
    await interruptible(
      () => workshop.close(),
      async signal => {
        const { jobs, thresholds } = await workshop.start()
        const outcomes = runBatch(steps, {
          // One image is decoded and one is written while the others keep the workers busy.
          depth: jobs + 2,
          signal,
          work: step => {
            progress.start(ends.name(step.input))
            return workshop.work(step, place?.journal)
          },
        })
        for await (const { row, pictures } of outcomes) await record(row, pictures, thresholds)
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

/** Files are restored in a child process; a pipe has one image, which a second process could not read again. */
async function openWorkshopFor(
  ends: Ends,
  options: RestoreOptions,
  print: (line: string) => void,
): Promise<Workshop> {
  if (ends === files) return supervise(options, print)
  const { openWorkshop } = await import('./workshop.ts')
  return openWorkshop(options, ends)
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

function sizeText(bytes: number): string {
  if (bytes < 1e6) return `${Math.ceil(bytes / 1e3)} KB`
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(1)} GB`
}
