import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { uir } from '../support/command.ts'
import { photos } from '../support/tree.ts'

const page = (name: string) => fileURLToPath(new URL(`../../man/${name}.1`, import.meta.url))

const commands = uir(['--help'])
  .stdout.split(/^Commands:$/m)[1]!
  .split('\n\n')[0]!
  .match(/^ {2}[a-z]+/gm)!
  .map(name => name.trim())
  .filter(name => name !== 'help')

const pages = ['uir', ...commands.map(name => `uir-${name}`)]

test('every command has a page, and npm installs all pages', () => {
  const { man } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
  expect(man.toSorted()).toEqual(pages.map(name => `man/${name}.1`).sort())
})

test.each(commands)('the page of %s has each option of the command, and no other', command => {
  const help = uir([command, '--help']).stdout.split('Options:')[1]!.split('Examples:')[0]!
  const options = help.match(/(?<=^ {2}(?:-., )?)--[a-z-]+/gm)!.filter(option => option !== '--help')
  const listed = readFileSync(page(`uir-${command}`), 'utf8').match(/^\.It Fl .*/gm) ?? []
  const documented = listed.flatMap(line => line.match(/(?<=Fl )\\-[a-z-]+/g) ?? [])
  expect(documented.map(text => text.replace('\\-', '--')).sort()).toEqual(options.sort())
})

test('the logs have the fields that the page names, and no others', async () => {
  const folder = await photos('a.jpg')
  writeFileSync(join(folder, 'bad.jpg'), '')
  const run = (log: string) => uir(['restore', 'a.jpg', 'bad.jpg', '--log', log], { cwd: folder })
  run('log.ndjson')
  run('log.csv')
  const log = readFileSync(page('uir-restore'), 'utf8').split('.Sh LOG\n')[1]!.split('.El\n')[0]!
  const documented = log.match(/^\.It Va .*/gm)!.flatMap(line => line.slice('.It Va '.length).split(' , '))
  const [columns = ''] = readFileSync(join(folder, 'log.csv'), 'utf8').split('\n')
  expect(columns.split(',').sort()).toEqual(documented.sort())
  const rows = readFileSync(join(folder, 'log.ndjson'), 'utf8').trim().split('\n')
  const fields = new Set(rows.flatMap(row => Object.keys(JSON.parse(row))))
  expect([...fields].sort()).toEqual(documented.filter(field => field !== 'note'))
})

test.each(pages)('%s says how it exits and shows examples that work as command lines', name => {
  const text = readFileSync(page(name), 'utf8')
  for (const section of ['NAME', 'SYNOPSIS', 'DESCRIPTION', 'EXIT STATUS', 'EXAMPLES', 'SEE ALSO']) {
    expect(text).toContain(`.Sh ${section}\n`)
  }
  const examples = text.split('.Sh EXAMPLES')[1]!.match(/^(?:.*\| |source <\()?uir .*/gm)!
  for (const example of examples) {
    const [, command = '', options = ''] = /uir ([a-z]+)([^|>)]*)/.exec(example.replaceAll('\\-', '-'))!
    const help = uir([command, '--help']).stdout
    for (const [option] of options.matchAll(/(?<= )--?[a-z][a-z-]*/g)) expect(help).toContain(option)
  }
})

test.each(pages)('%s refers to pages that are there', name => {
  for (const [, other] of readFileSync(page(name), 'utf8').matchAll(/^\.Xr (uir\S*|restore) 1/gm)) {
    expect(existsSync(page(other!))).toBe(true)
  }
})

const hasMandoc = spawnSync('mandoc', ['-T', 'lint', page('uir')]).error === undefined
test.skipIf(!hasMandoc).each(pages)('mandoc has nothing to say about %s', name => {
  expect(spawnSync('mandoc', ['-T', 'lint', '-W', 'warning', page(name)]).stdout.toString()).toBe('')
})
