import { existsSync } from 'node:fs'
import { access, constants } from 'node:fs/promises'
import { type Command, Option } from 'commander'
import { findInputs } from '../batch/inputs.ts'
import { openLog } from '../batch/log.ts'
import { planOutputs, type Step } from '../batch/plan.ts'
import { showProgress } from '../batch/progress.ts'
import { type Ends, files, type RestoreSettings, restoreStep } from '../batch/restore.ts'
import type { Row } from '../batch/row.ts'
import { runBatch } from '../batch/run.ts'
import { describe, UirError } from '../errors.ts'
import { makeFolder } from '../folder.ts'
import { FORMATS, type Format } from '../image/format.ts'
import { parseMix } from '../lora/parse.ts'
import type { Pack } from '../pack/pack.ts'
import { explainWrite } from '../publish.ts'
import { openReport } from '../report/report.ts'
import { collectFailures, requireImages } from './failures.ts'
import {
  addEngineOptions,
  addSelectionOptions,
  fraction,
  type NetworkOptions,
  positiveInteger,
  quality,
  selectionOf,
} from './options.ts'
import { checkPipe, PIPE, pipe } from './pipe.ts'
import { type Session, withSession } from './session.ts'

interface RestoreOptions extends NetworkOptions {
  output: string
  expert?: string
  strength: number
  format?: Format
  quality?: number
  tile?: number
  log?: string
  report?: string
  quiet?: true
  overwrite?: true
}

const EXAMPLES = `
Examples:
  uir restore photos/                              every image below photos/, into restored/
  uir restore 'photos/**/*.jpg' -o better          a glob
  uir restore old.png --expert noise=0.8,jpeg=0.5  a mix by hand; --expert none runs the base alone
  uir restore night.jpg --expert night-camera/     an adapter that uir compose wrote
  uir restore scan.tif --strength 0.6              blend with the original
  cat in.jpg | uir restore - > out.jpg             one image through a pipe`

export function configure(command: Command): void {
  command
    .argument('<input...>', 'images, folders with images, globs, or - for standard input')
    .option('-o, --output <dir>', 'folder for the results', 'restored')
    .option('--expert <mix>', 'NAME, NAME=WEIGHT,…, none, or the path of an adapter (default: by the scores)')
    .option('--strength <number>', '0 keeps the original, 1 takes the restored image', fraction, 1)
    .addOption(
      new Option('--format <name>', 'format of the results (default: as the input)').choices(FORMATS),
    )
    .option('--quality <number>', 'of JPEG, WebP and AVIF, 1 to 100', quality)
    .option('--tile <pixels>', "side of a tile (default: the pack's)", positiveInteger)
    .option('--overwrite', 'replace results that are there already')
    .option('--log <file>', 'write one JSON object a line about each image')
    .option('--report <file>', 'write a page that shows each image before and after')
  addEngineOptions(addSelectionOptions(command))
    .option('--json', 'print the log to standard output')
    .option('-q, --quiet', 'print errors only')
    .addHelpText('after', EXAMPLES)
    .action(restore)
}

async function restore(args: string[], options: RestoreOptions): Promise<void> {
  const { steps, problems, ends } = await planRun(args, options)
  const log = options.log === undefined ? undefined : await openLog(options.log)
  const report =
    options.report === undefined ? undefined : await openReport(options.report, options.maxPixels)
  const progress = showProgress(process.stderr, steps.length, !options.quiet && !options.json)
  const failures = collectFailures(steps.length + problems.length, progress.print)
  for (const problem of problems) failures.add(describe(problem))
  const counts = { restored: 0, unchanged: 0, skipped: 0, failed: 0 }
  try {
    await withSession(options, async session => {
      const settings = settingsOf(options, session)
      const run = restoreAll(
        steps,
        report?.watch(ends) ?? ends,
        settings,
        options.overwrite === true,
        session.signal,
      )
      for await (const row of run) {
        counts[row.status]++
        if (row.error !== undefined) failures.add(row.error)
        progress.step(row.input, row.status === 'failed')
        await log?.write(row)
        await report?.write(row, settings.selection.thresholds)
        if (options.json) process.stdout.write(`${JSON.stringify(row)}\n`)
      }
    })
  } finally {
    progress.close()
    await log?.close()
    await report?.close()
  }
  if (!options.quiet && !options.json && ends === files && counts.failed < steps.length) {
    process.stderr.write(summary(counts, options.output))
  }
  failures.finish()
}

/** What there is to do, found out before any network starts. */
async function planRun(args: string[], options: RestoreOptions) {
  if (args.includes(PIPE)) {
    checkPipe(args, options)
    return { steps: [{ input: PIPE, output: PIPE }], problems: [], ends: pipe }
  }
  const { images, problems } = await findInputs(args, options.output)
  requireImages(images, problems)
  const steps = planOutputs(images, options.output, options.format)
  await prepareFolder(options.output)
  return { steps, problems, ends: files }
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

function settingsOf(options: RestoreOptions, { pack, engine }: Session): RestoreSettings {
  const { expert, strength, format, quality, maxPixels } = options
  return {
    engine,
    selection: selectionOf(pack, options),
    mix: expert === undefined ? undefined : parseMix(expert, Object.keys(pack.manifest.experts)),
    strength,
    format,
    quality,
    maxPixels,
    tile: checkTile(pack, options.tile),
  }
}

function checkTile({ manifest }: Pack, tile: number | undefined): number | undefined {
  const smallest = 4 * manifest.restorer.overlap
  if (tile === undefined || tile >= smallest) return tile
  throw new UirError(
    'usage',
    `--tile ${tile} is too small for the overlap of tiles`,
    `give ${smallest} or more`,
  )
}

function restoreAll(
  steps: readonly Step[],
  ends: Ends,
  settings: RestoreSettings,
  overwrite: boolean,
  signal: AbortSignal,
): AsyncGenerator<Row, void> {
  return runBatch<Step, Row>(steps, {
    // One image is decoded and one is written while the others keep the workers busy.
    depth: settings.engine.jobs + 2,
    signal,
    name: ({ input }) => ends.name(input),
    async work(step) {
      const isThere = step.output !== PIPE && !overwrite && existsSync(step.output)
      return isThere ? { ...step, status: 'skipped', seconds: 0 } : await restoreStep(step, ends, settings)
    },
    recover: ({ input }, error) => ({ input, status: 'failed', seconds: 0, error: describe(error) }),
  })
}

function summary({ restored, unchanged, skipped }: Record<Row['status'], number>, folder: string): string {
  const notes = [
    `${restored} restored`,
    unchanged > 0 && `${unchanged} copied unchanged (nothing detected)`,
    skipped > 0 && `${skipped} skipped (already there; --overwrite replaces them)`,
  ]
  return `${notes.filter(Boolean).join(', ')}, in ${folder}\n`
}
