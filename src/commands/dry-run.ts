import { runAhead } from '../ahead.ts'
import { type Forecast, forecast, measureRate } from '../batch/estimate.ts'
import { readJournals } from '../batch/journal.ts'
import { megapixelsOf } from '../batch/row.ts'
import { describe } from '../errors.ts'
import type { Plan } from './plan.ts'
import { withSession } from './session.ts'
import { type RestoreOptions, settingsOf } from './settings.ts'

/** Prints what a run would do and how long it would take, and writes nothing. */
export async function dryRun(
  { steps, problems, ends, folder }: Plan,
  options: RestoreOptions,
): Promise<void> {
  const planned: Forecast[] = []
  let others = 0
  const print = (row: Forecast) => {
    if (row.status === 'planned') planned.push(row)
    else others++
    process.stdout.write(options.json ? `${JSON.stringify(row)}\n` : lineOf(row))
  }
  await withSession(options, async session => {
    const settings = await settingsOf(options, session)
    const journal = options.resume ? await readJournals(folder) : { find: () => undefined }
    const look = (step: Plan['steps'][number]) => forecast(step, { ...settings, ends, journal })
    for (const { input, error } of problems) print({ input, status: 'failed', error: describe(error) })
    for await (const row of runAhead(steps, session.engine.jobs + 2, look)) {
      session.signal.throwIfAborted()
      print(row)
    }
    if (options.quiet || options.json) return
    const rate = await measureRate(planned, ends, settings)
    session.signal.throwIfAborted()
    process.stderr.write(summary(planned, others, rate))
  })
}

function lineOf(row: Forecast): string {
  const { input, output, status, note, error } = row
  if (status === 'failed') return `fail     ${error}\n`
  if (status === 'ignored') return `ignore   ${input} (no image)\n`
  if (status === 'skipped') return `skip     ${input} (${note})\n`
  const size = row.width === undefined ? 'size unknown' : `${megapixelsOf(row).toFixed(2)} megapixels`
  return `restore  ${input} -> ${output} (${size})\n`
}

function summary(planned: readonly Forecast[], others: number, rate: number | undefined): string {
  const megapixels = planned.reduce((sum, row) => sum + megapixelsOf(row), 0)
  const time =
    rate === undefined
      ? 'the time is unknown'
      : `about ${duration(megapixels / rate)} at ${rate.toFixed(2)} megapixels a second, measured now on some of them`
  return `${planned.length} to restore, ${megapixels.toFixed(2)} megapixels, ${time}; ${others} not to restore\n`
}

function duration(seconds: number): string {
  const minutes = Math.round(seconds / 60)
  if (seconds < 120) return `${Math.ceil(seconds)} s`
  return minutes < 120 ? `${minutes} min` : `${(minutes / 60).toFixed(1)} h`
}
