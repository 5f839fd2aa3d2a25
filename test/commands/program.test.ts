import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { uir } from '../support/command.ts'

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))

test('--version prints the version of the package', () => {
  expect(uir(['--version'])).toMatchObject({ status: 0, stdout: `${version}\n`, stderr: '' })
})

test('--version loads neither image codec nor runtime', () => {
  const main = new URL('../../dist/commands/main.js', import.meta.url).href
  const script = `
    const { main } = await import('${main}')
    await main(['--version'])
    console.log(process.report.getReport().sharedObjects.filter(file => /sharp|onnxruntime/.test(file)).length)`
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script])
  expect(stdout.toString()).toBe(`${version}\n0\n`)
})

test('without arguments the help comes with examples and exit codes', () => {
  const { status, stdout } = uir([])
  expect(status).toBe(0)
  expect(stdout).toContain('uir restore photos/*.jpg')
  expect(stdout).toContain('4 pack')
})

test.each(['detect', 'restore', 'compose', 'doctor', 'complete'])('%s --help shows examples', command => {
  const { status, stdout } = uir([command, '--help'])
  expect(status).toBe(0)
  expect(stdout).toContain('Examples:')
  expect(uir(['help', command]).stdout).toBe(stdout)
})

test('bin/restore is uir restore', () => {
  const bin = fileURLToPath(new URL('../../bin/restore.js', import.meta.url))
  const { stdout } = spawnSync(process.execPath, [bin, '--help'])
  expect(stdout.toString()).toBe(uir(['restore', '--help']).stdout)
})

test('a reader that stops early is no error', () => {
  const bin = fileURLToPath(new URL('../../bin/uir.js', import.meta.url))
  const { stdout, stderr } = spawnSync('bash', [
    '-c',
    `"${process.execPath}" "${bin}" doctor | true; echo "$PIPESTATUS"`,
  ])
  expect(stderr.toString()).toBe('')
  expect(stdout.toString()).toBe('0\n')
})

test.each([
  [['restor'], "unknown command 'restor'; Did you mean restore?"],
  [['compose', 'rain', '--metod', 'svd'], "unknown option '--metod'; Did you mean --method?"],
  [['restore'], 'missing required argument'],
  [['compose', 'rain', '--method', 'linear'], 'Allowed choices are cat, svd'],
  [['compose', 'rain', '--rank', 'many'], 'It must be a whole number above 0'],
])('%j is a usage error in one line', (args, message) => {
  const { status, stdout, stderr } = uir(args)
  expect(status).toBe(2)
  expect(stdout).toBe('')
  expect(stderr).toContain(message)
  expect(stderr.trim().split('\n')).toHaveLength(1)
})
