import { CommanderError } from 'commander'
import { describe, EXIT, UirError } from '../errors.ts'
import { buildProgram } from './program.ts'

/**
 * Runs one command line and answers with its exit code; errors become one line on stderr.
 *
 * @param args arguments after the program's name
 */
export async function main(args: readonly string[]): Promise<number> {
  let isReaderGone = false
  // Whoever reads our output may stop early, as `head` does: nothing is left to do then, and nothing went wrong.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
    isReaderGone = true
  })
  try {
    const program = await buildProgram(args)
    if (args.length === 0) program.help()
    await program.parseAsync(args, { from: 'user' })
    return 0
  } catch (error) {
    if (isReaderGone) return 0
    if (error instanceof CommanderError) return explainUsage(error)
    process.stderr.write(`uir: ${describe(error)}\n`)
    if (!(error instanceof UirError)) explainDefect(error)
    return EXIT[error instanceof UirError ? error.code : 'internal']
  }
}

/** Commander throws for help and version too; those end well. */
function explainUsage(error: CommanderError): number {
  if (error.exitCode === 0) return 0
  const [problem, ...suggestion] = error.message
    .replace(/^error: /, '')
    .replace(/\.$/, '')
    .split('\n')
  const hint = suggestion.join(' ').replace(/^\(|\)$/g, '') || 'see uir --help'
  process.stderr.write(`uir: ${problem}; ${hint}\n`)
  return EXIT.usage
}

/** A defect is ours: the trace is for the report, so it is shown only on request. */
function explainDefect(error: unknown): void {
  if (process.env.UIR_DEBUG) process.stderr.write(`${error instanceof Error ? error.stack : error}\n`)
  else
    process.stderr.write(
      'uir: this is a defect of uir-lora; run again with UIR_DEBUG=1 and report the trace\n',
    )
}
