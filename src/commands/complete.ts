import { ShellCompDirective } from '@bomb.sh/tab'
import tab from '@bomb.sh/tab/commander'
import type { Command } from 'commander'
import { DEFAULT_PACK } from '../pack/default.ts'
import { readPack } from '../pack/pack.ts'

const EXAMPLES = `
Examples:
  source <(uir complete bash)                                  in ~/.bashrc, behind bash-completion
  source <(uir complete zsh)                                   in ~/.zshrc, behind compinit
  uir complete fish > ~/.config/fish/completions/uir.fish      once`

/**
 * Adds the command that prints the completion script of a shell, and that answers when the script asks.
 *
 * @param words the command line to complete, without the program's name; its last word is being typed
 */
export async function addComplete(
  program: Command,
  words: readonly string[],
  summary: string,
): Promise<void> {
  const completions = tab(program)
  const word = words.at(-1) ?? ''
  // The library forbids file names everywhere, and most arguments here are some.
  Object.defineProperty(completions, 'directive', {
    get: () =>
      completions.completions.some(({ value }) => value.startsWith(word))
        ? ShellCompDirective.ShellCompDirectiveNoFileComp
        : ShellCompDirective.ShellCompDirectiveDefault,
    set: () => {},
  })
  const experts = await expertNames(words)
  const offer = (complete: (value: string, description: string) => void) => {
    const mix = word.slice(0, word.lastIndexOf(',') + 1)
    for (const name of experts) complete(mix + name, '')
  }
  const mixOption = completions.commands.get('restore')?.options.get('expert')
  if (mixOption !== undefined) mixOption.handler = offer
  for (const argument of completions.commands.get('compose')?.arguments.values() ?? [])
    argument.handler = offer

  program.commands
    .find(command => command.name() === 'complete')
    ?.summary(summary)
    .description(`${summary} (bash, zsh, fish or powershell)`)
    .addHelpText('after', EXAMPLES)
    // The library's script forgets to ask for file names where it has nothing to offer.
    .hook('postAction', (_, { args }) => {
      if (args[0] === 'bash') process.stdout.write('complete -o default -F __uir_complete uir\n')
    })
}

/** The experts of the pack that the command line names; none when it can't be read, for a shell shows no errors. */
async function expertNames(words: readonly string[]): Promise<string[]> {
  const at = words.indexOf('--pack')
  const dir = (at < 0 ? undefined : words[at + 1]) ?? DEFAULT_PACK
  return await readPack(dir).then(
    ({ manifest }) => Object.keys(manifest.experts),
    () => [],
  )
}
