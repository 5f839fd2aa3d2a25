import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { temporaryFolder, uir } from '../support/command.ts'
import { canMount, makeReadOnly, mountDisk } from '../support/mount.ts'
import { filesBelow, photo, photos, results } from '../support/tree.ts'

const OPTIONS = ['--expert', 'noise', '--device', 'cpu']

test.each(['jpg', 'png', 'webp', 'tiff', 'avif'])(
  'a %s cut at every tenth is named, the good one restored',
  async extension => {
    const folder = await photos(`good.${extension}`)
    const bytes = readFileSync(join(folder, `good.${extension}`))
    const cuts = Array.from({ length: 9 }, (_, i) => i + 1)
    for (const tenth of cuts) {
      const part = bytes.subarray(0, Math.floor((bytes.length * tenth) / 10))
      writeFileSync(join(folder, `${tenth}0.${extension}`), part)
    }
    const out = join(folder, 'out')
    const { status, stderr } = uir(['restore', folder, '-o', out, ...OPTIONS])
    expect(status).toBe(3)
    expect(Object.keys(results(out))).toEqual([`good.${extension}`])
    const named = stderr
      .split('\n')
      .filter(line => / is (damaged or truncated \(|no image that can be read;)/.test(line))
    expect(named).toHaveLength(cuts.length)
    for (const [i, line] of named.entries()) expect(line).toContain(`${i + 1}0.${extension}`)
  },
)

test('twelve kinds of bad files in a folder cost nothing but themselves', async () => {
  const folder = await photos('good.jpg', 'wrong-extension.png', 'deep/good.JPG')
  const write = (name: string, content: string | Uint8Array) => writeFileSync(join(folder, name), content)
  const jpeg = readFileSync(join(folder, 'good.jpg'))
  renameSync(join(folder, 'wrong-extension.png'), join(folder, 'wrong-extension.jpg'))
  write('empty.jpg', '')
  write('zeros.jpg', new Uint8Array(5000))
  write('text.jpg', 'dear diary')
  write('page.png', '<!DOCTYPE html><title>404</title>')
  write('header.jpg', jpeg.subarray(0, 20))
  write('half.jpg', jpeg.subarray(0, jpeg.length / 2))
  write('.hidden.jpg', jpeg)
  write('archive.webp', Buffer.from('504b0304140000000000', 'hex'))
  write(
    'animation.gif.png',
    await sharp({ create: { width: 9, height: 9, channels: 3, background: 'red' } })
      .gif()
      .toBuffer(),
  )
  write('bmp.jpg', Buffer.concat([Buffer.from('BM'), new Uint8Array(60).fill(7)]))
  mkdirSync(join(folder, 'folder.jpg'))
  const log = join(temporaryFolder(), 'log.ndjson')
  const out = join(folder, 'out')
  const { status, stderr } = uir(['restore', folder, '-o', out, '--log', log, ...OPTIONS])
  expect(status).toBe(3)
  expect(Object.keys(results(out))).toEqual(['deep/good.JPG', 'good.jpg', 'wrong-extension.jpg'])
  const rows = readFileSync(log, 'utf8')
    .trim()
    .split('\n')
    .map(line => JSON.parse(line))
  const namesOf = (status: string) =>
    rows.filter(row => row.status === status).map(row => row.input.slice(folder.length + 1))
  expect(namesOf('failed')).toEqual([
    'animation.gif.png',
    'bmp.jpg',
    'empty.jpg',
    'half.jpg',
    'header.jpg',
    'zeros.jpg',
  ])
  expect(namesOf('ignored')).toEqual(['archive.webp', 'page.png', 'text.jpg'])
  for (const name of [...namesOf('failed'), ...namesOf('ignored')]) expect(stderr).toContain(name)
})

test('a file that is named fails where a found one is ignored', async () => {
  const folder = await photos('good.jpg')
  writeFileSync(join(folder, 'text.jpg'), 'dear diary')
  const args = [join(folder, 'good.jpg'), join(folder, 'text.jpg'), '-o', join(folder, 'out')]
  const { status, stderr } = uir(['restore', ...args, ...OPTIONS])
  expect(status).toBe(3)
  expect(stderr).toMatch(/text\.jpg is no image that can be read; use JPEG/)
})

test('--fail-fast stops at the first failure', async () => {
  const names = Array.from({ length: 12 }, (_, i) => `${String(i).padStart(2, '0')}.jpg`)
  const folder = await photos(...names)
  writeFileSync(join(folder, '01.jpg'), '')
  const out = join(folder, 'out')
  const { status, stderr } = uir([
    'restore',
    folder,
    '-o',
    out,
    '--fail-fast',
    '--jobs',
    '1',
    '-q',
    ...OPTIONS,
  ])
  expect({ status, stderr }).toEqual({
    status: 3,
    stderr: `uir: ${join(folder, '01.jpg')} is empty; get an intact copy\n`,
  })
  expect(Object.keys(results(out)).length).toBeLessThan(8)
})

test('an output that cannot be made is the failure of one image', async () => {
  const folder = await photos('a.jpg', 'deep/b.jpg', `${'x'.repeat(251)}.png`)
  const out = join(folder, 'out')
  mkdirSync(out)
  writeFileSync(join(out, 'deep'), '')
  const { status, stderr } = uir(['restore', folder, '-o', out, '--format', 'webp', ...OPTIONS])
  expect(status).toBe(3)
  expect(stderr).toMatch(
    /deep\/b\.webp cannot be written: a part of the path is a file; choose another place/,
  )
  expect(stderr).toMatch(/x\.webp cannot be written: the name is too long; choose a shorter one/)
  expect(Object.keys(results(out))).toEqual(['a.webp', 'deep'])
})

test('a name as long as the disk allows works', async () => {
  const name = `${'ü'.repeat(125)}x.jpg`
  const folder = await photos('a.jpg')
  renameSync(join(folder, 'a.jpg'), join(folder, name))
  const { status } = uir(['restore', folder, '-o', join(folder, 'out'), ...OPTIONS])
  expect(status).toBe(0)
  expect(Object.keys(results(join(folder, 'out')))).toEqual([name])
})

test('permission denied is named', async () => {
  const folder = await photos('a.jpg', 'b.jpg')
  chmodSync(join(folder, 'b.jpg'), 0)
  // Permissions mean nothing to root, unless it gives up that right.
  const through =
    process.getuid?.() === 0 ? ['setpriv', '--bounding-set', '-dac_override,-dac_read_search'] : []
  const { status, stderr } = uir(['restore', folder, '-o', join(folder, 'out'), ...OPTIONS], { through })
  expect(status).toBe(3)
  expect(stderr).toMatch(/b\.jpg cannot be read \(EACCES\); check the path and its permissions/)
})

test.runIf(canMount)('a disk without a right to write is one line before any work', async () => {
  const disk = mountDisk('1m')
  makeReadOnly(disk)
  const { status, stderr } = uir(['restore', await photos('a.jpg'), '-o', disk])
  expect({ status, stderr }).toEqual({
    status: 2,
    stderr: `uir: ${disk} cannot be written: the disk is read-only; choose another place\n`,
  })
})

test.runIf(canMount)(
  'a full disk ends the run with one line, and --resume goes on when there is room',
  async () => {
    const names = Array.from({ length: 12 }, (_, i) => `${i}.png`)
    const folder = await photos(...names)
    const disk = mountDisk('72k')
    const args = ['restore', folder, '-o', disk, '--format', 'tiff', ...OPTIONS]
    const { status, stderr } = uir([...args, '-q'])
    expect(status).toBe(3)
    expect(stderr).toMatch(
      /^uir: \S+ cannot be written: the disk is full; free some space, then run again with --resume\n$/,
    )
    const done = results(disk)
    expect(Object.keys(done).length).toBeLessThan(names.length)
    expect(filesBelow(disk)).toEqual(['.uir-journal.ndjson', ...Object.keys(done)])
    for (const name of Object.keys(done)) await sharp(join(disk, name)).stats()

    const roomy = temporaryFolder()
    for (const name of filesBelow(disk)) copyFileSync(join(disk, name), join(roomy, name))
    const again = uir(['restore', folder, '-o', roomy, '--format', 'tiff', '--resume', ...OPTIONS])
    expect(again.status).toBe(0)
    expect(results(roomy)).toMatchObject(done)
    expect(Object.keys(results(roomy))).toHaveLength(names.length)
  },
)

test.runIf(canMount)('too little room is said before the work', async () => {
  const folder = temporaryFolder()
  for (let i = 0; i < 4; i++) await photo(join(folder, `${i}.png`), i)
  const { stderr } = uir(['restore', folder, '-o', mountDisk('16k'), ...OPTIONS])
  expect(stderr).toMatch(/^uir: the results need about \d+ KB, and \S+ has room for \d+ KB; going on\n/)
})

const PRELOAD = `--import=${fileURLToPath(new URL('../support/crash.mjs', import.meta.url))}`

function crash(folder: string, crashes: number) {
  const log = temporaryFolder()
  const env = { NODE_OPTIONS: PRELOAD, UIR_CRASHES: String(crashes), UIR_CRASH_LOG: log }
  const run = uir(['restore', folder, '-o', join(folder, 'out'), '--jobs', '1', ...OPTIONS], { env })
  expect(readdirSync(log)).toHaveLength(crashes)
  return { ...run, done: Object.keys(results(join(folder, 'out'))) }
}

test('a worker thread that crashes is replaced, and its image tried again', async () => {
  const folder = await photos('a.jpg', 'b.jpg')
  expect(crash(folder, 1)).toMatchObject({ status: 0, done: ['a.jpg', 'b.jpg'] })
})

test('an image that crashes two workers fails in one line', async () => {
  const { status, stderr, done } = crash(await photos('a.jpg'), 2)
  expect({ status, done }).toEqual({ status: 3, done: [] })
  expect(stderr).toMatch(/^uir: \S+a\.jpg failed: .*; report this as a defect\n$/)
})
