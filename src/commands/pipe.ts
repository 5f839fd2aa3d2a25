import type { Ends } from '../batch/ends.ts'
import { UirError } from '../errors.ts'
import type { RestoreOptions } from './settings.ts'

/** Options that make no sense for an image that passes by. */
const FILES_ONLY = [
  ['filesFrom', '--files-from'],
  ['shard', '--shard'],
  ['inPlace', '--in-place'],
  ['resume', '--resume'],
  ['dryRun', '--dry-run'],
] as const

/** The name of standard input and output on the command line. */
export const PIPE = '-'

/**
 * Checks a command line with `-` among its inputs.
 *
 * @throws {UirError} `usage`
 */
export function checkPipe(args: readonly string[], options: RestoreOptions): void {
  const refuse = (problem: string, fix: string) => {
    throw new UirError('usage', problem, fix)
  }
  if (args.length > 1) refuse('- stands for one image and goes alone', 'drop the other inputs')
  for (const [option, flag] of FILES_ONLY) {
    if (options[option] !== undefined) refuse(`${flag} is for files, not for -`, 'drop one of them')
  }
  if (options.json) refuse('--json and - both write to standard output', 'use --log FILE instead')
  const example = 'write for example: uir restore - < in.jpg > out.jpg'
  if (process.stdin.isTTY) refuse('- reads an image from standard input, which is the terminal', example)
  if (process.stdout.isTTY) refuse('- writes an image to standard output, which is the terminal', example)
}

/** Standard input and output as the ends of a restoration. */
export const pipe: Ends = {
  name: () => 'standard input',
  async read() {
    const chunks: Buffer[] = []
    for await (const chunk of process.stdin) chunks.push(chunk)
    return Buffer.concat(chunks)
  },
  write: (_, bytes) =>
    new Promise((resolve, reject) => {
      process.stdout.write(bytes, error => (error ? reject(error) : resolve()))
    }),
}
