import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { temporaryFolder, uir } from '../support/command.ts'

const BIN = fileURLToPath(new URL('../../bin/uir.js', import.meta.url))
const BASH_COMPLETION = '/usr/share/bash-completion/bash_completion'

/** Prints what a real shell offers for the words of a line, one a line; zsh shows its offers only on a terminal. */
const ASK = {
  bash: (words: readonly string[]) => `
    source ${BASH_COMPLETION}
    source <(uir complete bash)
    COMP_WORDS=(${words.map(quote).join(' ')})
    COMP_CWORD=${words.length - 1} COMP_LINE="\${COMP_WORDS[*]}" COMP_POINT=\${#COMP_LINE}
    compopt() { :; }
    __uir_complete
    printf '%s\\n' "\${COMPREPLY[@]}"
    case "$(complete -p uir)" in *'-o default'*) [ \${#COMPREPLY[@]} -gt 0 ] || compgen -f -- ${quote(words.at(-1)!)};; esac`,
  zsh: (words: readonly string[]) => `
    compdef() { :; }
    _describe() { print -l -- \${(P)2%%:*}; (( \${#\${(P)2}} )) }
    _arguments() { print -l -- ${quote(words.at(-1)!)}*(N); }
    source <(uir complete zsh)
    words=(${words.map(quote).join(' ')}) CURRENT=${words.length}
    _uir`,
  fish: (words: readonly string[]) => `
    uir complete fish | source
    complete -C ${quote(words.join(' '))}`,
}

function quote(text: string): string {
  return `'${text}'`
}

function missing(shell: string): string | undefined {
  if (spawnSync(shell, ['--version']).status !== 0) return `no ${shell} here`
  return shell === 'bash' && !existsSync(BASH_COMPLETION) ? 'no bash-completion here' : undefined
}

/** What a shell offers, in a folder with photos/. */
function offers(shell: keyof typeof ASK, ...words: string[]): string[] {
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'uir'), `#!/bin/sh\nexec "${process.execPath}" "${BIN}" "$@"\n`, { mode: 0o755 })
  mkdirSync(join(folder, 'photos'))
  const flags = { bash: ['--norc'], zsh: ['-f'], fish: ['--no-config'] }[shell]
  const { stdout } = spawnSync(shell, [...flags, '-c', ASK[shell](['uir', ...words])], {
    cwd: folder,
    env: { ...process.env, HOME: folder, PATH: `${folder}${delimiter}${process.env.PATH}` },
  })
  const lines = stdout
    .toString()
    .split('\n')
    .map(line => line.replace(/\t.*|\/$/g, ''))
  return lines.filter(line => line !== '').sort()
}

for (const shell of ['bash', 'zsh', 'fish'] as const) {
  const reason = missing(shell)
  test.skipIf(reason)(`${shell} completes commands, options, experts and files (${reason ?? 'real'})`, () => {
    expect(offers(shell, 're')).toEqual(['restore'])
    expect(offers(shell, 'restore', '--stre')).toEqual(['--strength'])
    expect(offers(shell, 'restore', '--format', 'w')).toEqual(['webp'])
    expect(offers(shell, 'restore', '--expert', 'rain')).toEqual(['rain', 'raindrop'])
    expect(offers(shell, 'compose', 'rain=0.7', 'sn')).toEqual(['snow'])
    expect(offers(shell, 'restore', 'ph')).toEqual(['photos'])
    expect(offers(shell, 'restore', '--pack', 'ph')).toEqual(['photos'])
  })
}

test('the experts are those of the pack on the line, and none of a broken pack', () => {
  const ask = (...words: string[]) => uir(['complete', '--', ...words])
  expect(ask('restore', '--expert', 'sn').stdout).toBe('snow\t\n:4\n')
  expect(ask('restore', '--expert', 'rain,sn').stdout).toBe('rain,snow\t\n:4\n')
  expect(ask('restore', '--pack', '/nowhere', '--expert', 'sn')).toMatchObject({
    status: 0,
    stdout: ':0\n',
    stderr: '',
  })
})

test.each([
  [['complete'], "missing required argument 'shell'"],
  [['complete', 'tcsh'], 'Allowed choices are zsh, bash, fish'],
])('%j is a usage error in one line', (args, message) => {
  const { status, stdout, stderr } = uir(args)
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
  expect(stderr).toContain(message)
  expect(stderr.trim().split('\n')).toHaveLength(1)
})
