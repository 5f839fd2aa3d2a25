import { commonFolder } from '../batch/common.ts'
import { type Ends, files } from '../batch/ends.ts'
import { findInputs, type Problem } from '../batch/inputs.ts'
import { parseList } from '../batch/list.ts'
import { planInPlace, planOutputs, type Step } from '../batch/plan.ts'
import { isInShard } from '../batch/shard.ts'
import { UirError } from '../errors.ts'
import { requireImages } from './failures.ts'
import { checkPipe, PIPE, pipe } from './pipe.ts'
import type { RestoreOptions } from './settings.ts'

/** What there is to do, found out before any network starts. */
export interface Plan {
  readonly steps: readonly Step[]
  readonly problems: readonly Problem[]
  readonly ends: Ends
  /** Holds the results, in place the inputs. */
  readonly folder: string
}

/** What sets the original apart in its folder when no suffix is given. */
const BACKUP_SUFFIX = '.orig'

/**
 * Turns arguments into steps. Collisions are looked for among the steps of all shards.
 *
 * @throws {UirError} `usage`
 */
export async function makePlan(args: readonly string[], options: RestoreOptions): Promise<Plan> {
  if (args.includes(PIPE)) {
    checkPipe(args, options)
    const steps = [{ input: PIPE, output: PIPE, found: false }]
    return { steps, problems: [], ends: pipe, folder: '.' }
  }
  const { filesFrom, output, shard } = options
  if (args.length === 0 && filesFrom === undefined) {
    throw new UirError('usage', "missing required argument 'input'", 'name images, folders or globs')
  }
  const listed = filesFrom === undefined ? [] : await readNames(filesFrom)
  const inPlace = checkInPlace(options)
  const { images, problems } = await findInputs(args, { excluded: inPlace ? undefined : output, listed })
  requireImages(images, problems)
  const steps = inPlace
    ? planInPlace(images, inPlace.suffix)
    : planOutputs(images, output, { template: options.name, format: options.format })
  return {
    steps: shard === undefined ? steps : steps.filter(({ input }) => isInShard(input, shard)),
    problems: shard === undefined ? problems : problems.filter(({ input }) => isInShard(input, shard)),
    ends: files,
    folder: inPlace ? commonFolder(steps.map(step => step.output)) : output,
  }
}

async function readNames(list: string): Promise<string[]> {
  const ends = list === PIPE ? pipe : files
  try {
    return parseList(await ends.read(list))
  } catch (cause) {
    throw new UirError('usage', `the list ${list} cannot be read`, 'check the path', { cause })
  }
}

/** To lose an original must be asked for in so many words. */
function checkInPlace({ inPlace, backup }: RestoreOptions): { suffix: string | undefined } | undefined {
  if (inPlace === undefined) {
    if (backup === undefined) return undefined
    throw new UirError('usage', '--backup goes with --in-place', 'add --in-place or drop it')
  }
  if (backup === undefined) {
    const fix = 'add --backup to keep the originals, or --no-backup to lose them'
    throw new UirError('usage', '--in-place replaces the inputs', fix)
  }
  if (typeof backup === 'string' && /^$|[/\\]/.test(backup)) {
    throw new UirError(
      'usage',
      `--backup ${backup} is no ending of a name`,
      'write for example --backup .orig',
    )
  }
  return { suffix: backup === false ? undefined : backup === true ? BACKUP_SUFFIX : backup }
}
