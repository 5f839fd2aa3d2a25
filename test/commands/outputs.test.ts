import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { uir } from '../support/command.ts'
import { filesBelow, photo, photos, results } from '../support/tree.ts'

const OPTIONS = ['--expert', 'noise', '--device', 'cpu']

function restore(folder: string, args: readonly string[], input?: string) {
  return uir(['restore', ...args, ...OPTIONS], {
    cwd: folder,
    ...(input !== undefined && { input: Buffer.from(input) }),
  })
}

test.each([
  ['lines', 'x/a.jpg\nx/b c.jpg\r\n\n'],
  ['NUL', 'x/a.jpg\0x/b c.jpg\0'],
])('--files-from reads %s from standard input and keeps the paths', async (_, list) => {
  const folder = await photos('x/a.jpg', 'x/b c.jpg', 'x/[c].jpg')
  expect(restore(folder, ['--files-from', '-'], list).status).toBe(0)
  expect(Object.keys(results(join(folder, 'restored')))).toEqual(['x/a.jpg', 'x/b c.jpg'])
})

test('names in a list are taken literally, and absolute and upper ones stay inside the output folder', async () => {
  const folder = await photos('work/[c].jpg', 'up.jpg', 'abs.jpg')
  writeFileSync(join(folder, 'list'), ['[c].jpg', '../up.jpg', join(folder, 'abs.jpg'), '*.jpg'].join('\n'))
  const { status, stderr } = restore(join(folder, 'work'), ['--files-from', '../list'])
  expect(status).toBe(3)
  expect(stderr).toMatch(/^uir: \*\.jpg does not exist; check the path$/m)
  const names = Object.keys(results(join(folder, 'work', 'restored')))
  expect(names).toEqual(['[c].jpg', join(folder, 'abs.jpg').slice(1), 'up.jpg'].sort())
})

test('--name places the results', async () => {
  const folder = await photos('x/a.jpg')
  const name = ['--name', '{name}/{dir}-new.{ext}']
  expect(restore(folder, ['.', '-o', 'out', ...name, '--format', 'webp']).status).toBe(0)
  expect(Object.keys(results(join(folder, 'out')))).toEqual(['a/x-new.webp'])
})

test('--in-place --backup keeps the originals and their rights; a second run does nothing', async () => {
  const folder = await photos('a.jpg', 'deep/b.jpg')
  chmodSync(join(folder, 'a.jpg'), 0o640)
  const before = results(folder)
  expect(restore(folder, ['.', '--in-place', '--backup']).status).toBe(0)
  const after = results(folder)
  expect(Object.keys(after)).toEqual(['a.jpg', 'a.jpg.orig', 'deep/b.jpg', 'deep/b.jpg.orig'])
  expect(after['a.jpg.orig']).toBe(before['a.jpg'])
  expect(after['a.jpg']).not.toBe(before['a.jpg'])
  expect(statSync(join(folder, 'a.jpg')).mode & 0o777).toBe(0o640)
  const second = restore(folder, ['.', '--in-place', '--backup'])
  expect(second.stderr).toMatch(/^0 restored, 2 skipped \(a backup is there already\)/)
  expect(results(folder)).toEqual(after)
})

test('--in-place --no-backup replaces, and --resume does not restore twice', async () => {
  const folder = await photos('a.jpg', 'b.jpg')
  const before = results(folder)
  restore(folder, ['a.jpg', '--in-place', '--no-backup'])
  const once = results(folder)
  expect(once['a.jpg']).not.toBe(before['a.jpg'])
  const { stderr } = restore(folder, ['.', '--in-place', '--no-backup', '--resume'])
  expect(stderr).toMatch(/^1 restored, 1 skipped \(finished before\)/)
  expect(results(folder)['a.jpg']).toBe(once['a.jpg'])
})

test('a run in place that was killed between backup and result goes on', async () => {
  const folder = await photos('a.jpg')
  copyFileSync(join(folder, 'a.jpg'), join(folder, 'a.jpg.old'))
  const before = results(folder)
  expect(restore(folder, ['.', '--in-place', '--backup', '.old']).status).toBe(0)
  const after = results(folder)
  expect(after['a.jpg.old']).toBe(before['a.jpg'])
  expect(after['a.jpg']).not.toBe(before['a.jpg'])
})

test('in place behind a link, the file changes and the link stays', async () => {
  const folder = await photos('real/a.jpg')
  symlinkSync('real/a.jpg', join(folder, 'link.jpg'))
  const before = results(folder)
  expect(restore(folder, ['link.jpg', '--in-place', '--no-backup']).status).toBe(0)
  expect(results(folder)['real/a.jpg']).not.toBe(before['real/a.jpg'])
  expect(readFileSync(join(folder, 'link.jpg'))).toEqual(readFileSync(join(folder, 'real/a.jpg')))
})

test.each<[string, string[], RegExp]>([
  [
    'in place without a word about backups',
    ['.', '--in-place'],
    /--in-place replaces the inputs; add --backup/,
  ],
  ['a backup without in place', ['.', '--backup'], /--backup goes with --in-place/],
  ['a backup elsewhere', ['.', '--in-place', '--backup', '../x'], /--backup \.\.\/x is no ending of a name/],
  [
    'in place and elsewhere',
    ['.', '--in-place', '--backup', '-o', 'x'],
    /'--in-place' cannot be used with .*'-o/,
  ],
  [
    'resume and overwrite',
    ['.', '--resume', '--overwrite'],
    /'--resume' cannot be used with .*'--overwrite'/,
  ],
  [
    'an unknown field',
    ['.', '--name', '{nmae}.{ext}'],
    /--name knows no \{nmae\}; use \{dir\}, \{name\} and/,
  ],
  ['a name with a format', ['.', '--name', '{name}.png'], /must end with \.\{ext\}; --format chooses/],
  ['a name outside', ['.', '--name', '../{name}.{ext}'], /leads out of the output folder/],
  ['names that collide', ['.', '--name', 'x.{ext}'], /a\.jpg and b\.jpg would both become restored\/x\.jpg/],
  ['a part that is none', ['.', '--shard', '3/2'], /--shard 3\/2, which is no part; write i\/n/],
  ['a list that is not there', ['--files-from', 'nowhere'], /the list nowhere cannot be read/],
  ['an empty list', ['--files-from', '/dev/null'], /the list of inputs is empty/],
])('%s is one line, and nothing is written', async (_, args, message) => {
  const folder = await photos('a.jpg', 'b.jpg')
  const { status, stderr } = restore(folder, args)
  expect(status).toBe(2)
  expect(stderr.trim().split('\n')).toHaveLength(1)
  expect(stderr).toMatch(message)
  expect(filesBelow(folder)).toEqual(['a.jpg', 'b.jpg'])
})

test('--dry-run prints every step and the expected time, and writes nothing', async () => {
  const folder = await photos('a.jpg', 'b.jpg', 'c.jpg', 'done.jpg')
  writeFileSync(join(folder, 'text.jpg'), 'dear diary')
  writeFileSync(join(folder, 'empty.jpg'), '')
  mkdirSync(join(folder, 'restored'))
  await photo(join(folder, 'restored/done.jpg'), 9)
  const before = filesBelow(folder)
  const { status, stdout, stderr } = restore(folder, ['.', '--dry-run'])
  expect(status).toBe(0)
  expect(stdout.split('\n')).toEqual([
    'restore  a.jpg -> restored/a.jpg (0.00 megapixels)',
    'restore  b.jpg -> restored/b.jpg (0.00 megapixels)',
    'restore  c.jpg -> restored/c.jpg (0.00 megapixels)',
    'skip     done.jpg (already there)',
    'restore  empty.jpg -> restored/empty.jpg (size unknown)',
    'ignore   text.jpg (no image)',
    '',
  ])
  expect(stderr).toMatch(
    /^4 to restore, 0\.01 megapixels, about \d+ s at \d+\.\d\d megapixels a second, measured/,
  )
  expect(filesBelow(folder)).toEqual(before)
  const rows = restore(folder, ['.', '-n', '--json']).stdout.trim().split('\n')
  expect(JSON.parse(rows[0]!)).toEqual({
    input: 'a.jpg',
    output: 'restored/a.jpg',
    status: 'planned',
    width: 64,
    height: 48,
  })
  restore(folder, ['.'])
  expect(restore(folder, ['.', '-n', '--resume']).stdout).toContain('skip     a.jpg (finished before)')
})

test('a log named .csv is CSV, and --resume goes on in it', async () => {
  const folder = await photos('a.jpg', 'b, "c".jpg')
  restore(folder, ['a.jpg', '--log', 'log.csv'])
  restore(folder, ['.', '--resume', '--log', 'log.csv'])
  const lines = readFileSync(join(folder, 'log.csv'), 'utf8').split('\n')
  expect(lines[0]).toBe('input,output,status,width,height,seconds,mix,scores,note,error')
  expect(lines[1]).toMatch(/^a\.jpg,restored\/a\.jpg,restored,64,48,\d\.\d+,noise=1,blur=0\.\d+ haze=.*,,$/)
  expect(lines[2]).toBe('a.jpg,restored/a.jpg,skipped,,,0,,,finished before,')
  expect(lines[3]).toMatch(/^"b, ""c""\.jpg","restored\/b, ""c""\.jpg",restored,64,48,/)
  expect(lines.slice(4)).toEqual([''])
})

test('shards take every file once, side by side in one folder, and any number of them resumes', async () => {
  const names = Array.from({ length: 9 }, (_, i) => `${i}.jpg`)
  const folder = await photos(...names)
  const parts = [1, 2, 3].map(i => {
    const { status, stdout } = restore(folder, ['.', '--shard', `${i}/3`, '--json'])
    expect(status).toBe(0)
    return stdout
      .split('\n')
      .filter(Boolean)
      .map(line => JSON.parse(line).input as string)
  })
  expect(parts.flat().sort()).toEqual(names)
  expect(Object.keys(results(join(folder, 'restored')))).toEqual(names)
  const again = restore(folder, ['.', '--resume'])
  expect(again.stderr).toContain('0 restored, 9 skipped (finished before)')
})
