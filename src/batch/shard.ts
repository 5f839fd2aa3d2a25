import { createHash } from 'node:crypto'
import { UirError } from '../errors.ts'

/** One of `count` disjoint parts of the inputs. */
export interface Shard {
  /** From 1. */
  readonly index: number
  readonly count: number
}

/** Where schedulers say which of how many a task is. */
const SCHEDULERS: readonly ((env: NodeJS.ProcessEnv) => Shard | undefined)[] = [
  env =>
    pick(
      env.SLURM_ARRAY_TASK_ID,
      env.SLURM_ARRAY_TASK_COUNT,
      env.SLURM_ARRAY_TASK_MIN,
      env.SLURM_ARRAY_TASK_STEP,
    ),
  env => pick(env.SLURM_PROCID, env.SLURM_NTASKS),
  // Kubernetes tells a pod its index and not how many there are.
  env => pick(env.JOB_COMPLETION_INDEX, env.UIR_SHARD_COUNT),
]

function pick(id?: string, count?: string, first = '0', step = '1'): Shard | undefined {
  if (id === undefined || count === undefined) return undefined
  return { index: (Number(id) - Number(first)) / Number(step) + 1, count: Number(count) }
}

/**
 * Reads `i/n`, or with `auto` what Slurm or Kubernetes says.
 *
 * @throws {UirError} `usage`
 */
export function parseShard(text: string, env: NodeJS.ProcessEnv): Shard {
  const [, index, count] = /^(\d+)\/(\d+)$/.exec(text) ?? []
  const shard =
    text === 'auto'
      ? SCHEDULERS.map(read => read(env)).find(found => found !== undefined)
      : { index: Number(index), count: Number(count) }
  if (shard === undefined) {
    const fix =
      'start it in a Slurm array, with srun, or as an indexed Kubernetes job with UIR_SHARD_COUNT set'
    throw new UirError('usage', '--shard auto finds no scheduler in the environment', fix)
  }
  if (Number.isInteger(shard.index) && shard.index >= 1 && shard.index <= shard.count) return shard
  const what = text === 'auto' ? `auto is part ${shard.index} of ${shard.count}` : text
  throw new UirError('usage', `--shard ${what}, which is no part`, 'write i/n with i from 1 to n, as in 2/8')
}

/** Whether a path belongs to a shard. The path alone decides: every shard may list the files for itself. */
export function isInShard(path: string, { index, count }: Shard): boolean {
  const hash = createHash('sha256').update(path.replaceAll('\\', '/')).digest()
  return hash.readUIntBE(0, 6) % count === index - 1
}

/** Sets the files of a shard apart from those of its siblings. */
export function fileTag(shard: Shard | undefined): string {
  return shard === undefined ? '' : `-${shard.index}-of-${shard.count}`
}
