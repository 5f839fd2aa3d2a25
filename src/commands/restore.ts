import { type Command, Option } from 'commander'
import { checkTemplate, MIRROR } from '../batch/name.ts'
import { parseShard } from '../batch/shard.ts'
import { FORMATS } from '../image/format.ts'
import { carryOut } from './carry-out.ts'
import { addEngineOptions, addSelectionOptions, fraction, positiveInteger, quality } from './options.ts'
import { makePlan } from './plan.ts'
import type { RestoreOptions } from './settings.ts'

const EXAMPLES = `
Examples:
  uir restore photos/                              every image below photos/, into restored/
  uir restore photos/ --resume                     go on, redo what failed or changed
  uir restore 'photos/**/*.jpg' -o better          a glob
  find . -name '*.jpg' -print0 | uir restore --files-from -
  uir restore photos/ --in-place --backup          originals become *.orig
  uir restore old.png --expert noise=0.8,jpeg=0.5  a mix by hand; --expert none runs the base alone
  uir restore night.jpg --expert night-camera/     an adapter that uir compose wrote
  uir restore scan.tif --strength 0.6              blend with the original
  cat in.jpg | uir restore - > out.jpg             one image through a pipe`

export function configure(command: Command): void {
  command
    .argument('[input...]', 'images, folders with images, globs, or - for standard input')
    .option(
      '--files-from <file>',
      'read names of inputs, one a line or separated by NUL; - is standard input',
    )
    .option('--shard <i/n>', 'restore the i-th of n parts; auto asks Slurm or Kubernetes', text =>
      parseShard(text, process.env),
    )
    .option('-o, --output <dir>', 'folder for the results', 'restored')
    .option('--name <template>', 'names of the results in it', checkTemplate, MIRROR)
    .addOption(
      new Option('--in-place', 'let results take the place of their inputs').conflicts([
        'output',
        'name',
        'format',
        'overwrite',
      ]),
    )
    .option('--backup [suffix]', 'with --in-place: keep the originals (default suffix: .orig)')
    .option('--no-backup', 'with --in-place: lose the originals')
    .option(
      '--expert <mix>',
      'NAME,…, NAME=WEIGHT,…, none, or the path of an adapter (default: by the scores)',
    )
    .option('--strength <number>', '0 keeps the original, 1 takes the restored image', fraction, 1)
    .addOption(
      new Option('--format <name>', 'format of the results (default: as the input)').choices(FORMATS),
    )
    .option('--quality <number>', 'of JPEG, WebP and AVIF, 1 to 100', quality)
    .option('--tile <pixels>', "side of a tile (default: the pack's)", positiveInteger)
    .addOption(
      new Option('--resume', 'skip what is finished, redo what failed or changed').conflicts('overwrite'),
    )
    .option('--overwrite', 'replace results that are there already')
    .option('--fail-fast', 'stop at the first image that fails')
    .option('-n, --dry-run', 'print the plan and the expected time, write nothing')
    .option('--log <file>', 'write a line about each image: CSV for *.csv, else JSON')
    .option('--report <file>', 'write a page that shows each image before and after')
  addEngineOptions(addSelectionOptions(command))
    .option('--json', 'print the log to standard output')
    .option('-q, --quiet', 'print errors only')
    .addHelpText('after', EXAMPLES)
    .action(restore)
}

async function restore(args: string[], options: RestoreOptions): Promise<void> {
  const plan = await makePlan(args, options)
  if (!options.dryRun) return await carryOut(plan, options)
  const { dryRun } = await import('./dry-run.ts')
  await dryRun(plan, options)
}
