import type { Command } from 'commander'
import { attempt } from '../batch/attempt.ts'
import { createBudget } from '../batch/budget.ts'
import { files } from '../batch/ends.ts'
import { findInputs, type Input } from '../batch/inputs.ts'
import { shareMemory } from '../batch/memory.ts'
import { mixFields, scoreFields } from '../batch/row.ts'
import { runBatch } from '../batch/run.ts'
import { isMeantAsImage } from '../batch/signature.ts'
import { describe } from '../errors.ts'
import { decode } from '../image/decode.ts'
import { footprint } from '../image/footprint.ts'
import { select } from '../router/selection.ts'
import { collectFailures, type Failures, requireImages } from './failures.ts'
import { addEngineOptions, addSelectionOptions, type NetworkOptions, selectionOf } from './options.ts'
import { type Session, withSession } from './session.ts'
import { detectionTable } from './table.ts'

/** A line of `uir detect --json`. */
export interface Detection {
  readonly file: string
  readonly width?: number
  readonly height?: number
  /** 0 to 1 by degradation. */
  readonly scores?: Readonly<Record<string, number>>
  /** What restore would use: weight by expert. */
  readonly mix?: Readonly<Record<string, number>>
  /** Set for a file with an image's name in a folder or glob that is no image. */
  readonly note?: string
  readonly error?: string
}

const EXAMPLES = `
Examples:
  uir detect photos/                                     every image of a folder
  uir detect 'photos/**/*.jpg' --json | jq .mix          one JSON object a line
  uir detect holiday.jpg --threshold 0.3                 what restore would use with this threshold`

export function configure(command: Command): void {
  command.argument('<input...>', 'images, folders with images, or globs')
  addEngineOptions(addSelectionOptions(command))
    .option('--json', 'print one JSON object a line')
    .addHelpText('after', EXAMPLES)
    .action(detect)
}

async function detect(args: string[], options: NetworkOptions): Promise<void> {
  const { images, problems } = await findInputs(args)
  requireImages(images, problems)
  const failures = collectFailures(images.length + problems.length, line => process.stderr.write(`${line}\n`))
  for (const { error } of problems) failures.add(describe(error))
  try {
    await withSession(options, session => detectAll(images, options, session, failures))
  } finally {
    failures.list()
  }
  failures.finish()
}

async function detectAll(
  images: readonly Input[],
  options: NetworkOptions,
  session: Session,
  failures: Failures,
): Promise<void> {
  const { pack, engine, signal } = session
  const selection = selectionOf(pack, options)
  const share = shareMemory(pack.manifest.restorer, { memory: options.memory, jobs: engine.jobs })
  const budget = createBudget(share.images)
  const table = detectionTable(
    pack.manifest.degradations,
    images.map(({ path }) => path),
  )
  const look = async ({ path, found }: Input): Promise<Detection> => {
    const bytes = await files.read(path)
    if (found && !isMeantAsImage(bytes)) return { file: path, note: 'no image' }
    const image = await decode(bytes, path, options.maxPixels)
    const { scores } = await engine.route(image)
    const { width, height } = image
    const mix = mixFields(select(scores, selection))
    return { file: path, width, height, scores: scoreFields(scores), mix }
  }
  const detections = runBatch(images, {
    depth: engine.jobs + 2,
    signal,
    work: image =>
      attempt(image, {
        name: ({ path }) => path,
        work: async input => budget.spend(await footprint(input.path), () => look(input)),
        recover: ({ path }, error): Detection => ({ file: path, error: describe(error) }),
        signal,
      }),
  })
  if (!options.json) process.stdout.write(table.head)
  for await (const detection of detections) {
    if (options.json) process.stdout.write(`${JSON.stringify(detection)}\n`)
    else if (detection.note !== undefined)
      process.stderr.write(`uir: ${detection.file} is no image: ignored\n`)
    else if (detection.error === undefined) process.stdout.write(table.row(detection))
    if (detection.error !== undefined) failures.add(detection.error)
  }
}
