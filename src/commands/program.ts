import { Command } from 'commander'
import { version } from '../version.ts'

/** A command's module: adds arguments, options, examples and the action to the empty command it is given. */
interface CommandModule {
  configure(command: Command): void
}

interface CommandEntry {
  summary: string
  load(): Promise<CommandModule>
}

// Modules load only for the command that was asked for: `uir --version` must not wait for image codecs.
const COMMANDS: Readonly<Record<string, CommandEntry>> = {
  detect: {
    summary: 'score the degradations of each image',
    load: () => import('./detect.ts'),
  },
  restore: {
    summary: 'restore images, folders of images or a pipe',
    load: () => import('./restore.ts'),
  },
  compose: {
    summary: 'write a mix of experts as one adapter or one network',
    load: () => import('./compose.ts'),
  },
  doctor: {
    summary: 'check versions, devices and the pack',
    load: () => import('./doctor.ts'),
  },
}

/** Its module needs all others, so it comes last. */
const COMPLETE = 'complete'
const COMPLETE_SUMMARY = 'print the completion script of a shell'

const EXAMPLES = `
Examples:
  uir detect photos/                        what is wrong with each photograph
  uir restore photos/*.jpg                  restore them into restored/
  uir restore old.png --expert noise=0.8    choose the expert by hand
  cat in.jpg | uir restore - > out.jpg      one image through a pipe
  uir compose rain=0.7 noise=0.3 -o storm   save a mix as an adapter

Exit codes: 0 done, 1 internal error, 2 usage, 3 some images failed, 4 pack, 5 device, 130 interrupted.`

/**
 * Builds the command line.
 *
 * @param args arguments after the program's name; only the command that they start is loaded in full
 */
export async function buildProgram(args: readonly string[]): Promise<Command> {
  const program = new Command('uir')
    .description('Restore degraded photographs: score what is wrong, mix the experts that repair it.')
    .version(version)
    .exitOverride()
    .configureOutput({ outputError: () => {} })
    .addHelpText('after', EXAMPLES)
  const wanted = args[0] === 'help' ? args[1] : args[0]
  // `uir complete -- restore --tile` is the shell's question how this line goes on.
  const words = wanted === COMPLETE && args[1] === '--' ? args.slice(2) : []
  for (const [name, { summary, load }] of Object.entries(COMMANDS)) {
    const command = program.command(name).summary(summary).description(summary)
    if (name === wanted || name === words[0]) (await load()).configure(command)
  }
  if (wanted === COMPLETE) await (await import('./complete.ts')).addComplete(program, words, COMPLETE_SUMMARY)
  else program.command(COMPLETE).summary(COMPLETE_SUMMARY)
  return program
}
