import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { findInputs } from '../../src/batch/inputs.ts'
import { planOutputs } from '../../src/batch/plan.ts'
import { temporaryFolder } from '../support/command.ts'

function tree(...files: string[]): string {
  const folder = temporaryFolder()
  for (const file of files) {
    mkdirSync(join(folder, file, '..'), { recursive: true })
    writeFileSync(join(folder, file), '')
  }
  return folder
}

const relatives = async (args: string[], excluded?: string) =>
  (await findInputs(args, { excluded })).images.map(({ relative }) => relative)

test('a folder gives every image below it, whatever the case of its extension', async () => {
  const folder = tree('b.JPG', 'a.png', 'deep/er/ü.Tiff', 'notes.txt', 'deep/desktop.ini')
  expect(await relatives([folder])).toEqual(['a.png', 'b.JPG', 'deep/er/ü.Tiff'])
})

test('links to files count, links to folders may lead in a circle', async () => {
  const folder = tree('a.jpg')
  symlinkSync('a.jpg', join(folder, 'link.jpg'))
  symlinkSync('.', join(folder, 'loop'))
  expect(await relatives([folder])).toEqual(['a.jpg', 'link.jpg'])
})

test.each([
  ['*.jpg', ['a.JPG']],
  ['**/*.jpg', ['a.JPG', 'x/b.jpg', 'y/c.jpg']],
  ['{x,y}/*.jpg', ['x/b.jpg', 'y/c.jpg']],
  ['x/*', ['b.jpg']],
  ['x*/[ab].jpg', ['x/b.jpg']],
])('the glob %s gives %j', async (pattern, expected) => {
  const folder = tree('a.JPG', 'x/b.jpg', 'y/c.jpg', 'z/d.png')
  expect(await relatives([join(folder, pattern)])).toEqual(expected)
})

test('a file whose name looks like a glob is that file', async () => {
  const folder = tree('a[1].jpg', 'a1.jpg')
  expect(await relatives([join(folder, 'a[1].jpg')])).toEqual(['a[1].jpg'])
})

test('a file that is named twice counts once', async () => {
  const folder = tree('a.jpg', 'b.jpg')
  expect(await relatives([join(folder, 'a.jpg'), folder])).toEqual(['a.jpg', 'b.jpg'])
})

test('earlier results below the folder are no inputs', async () => {
  const folder = tree('a.jpg', 'restored/a.jpg')
  expect(await relatives([folder], join(folder, 'restored'))).toEqual(['a.jpg'])
})

test('what gives no image is reported, the others go on', async () => {
  const folder = tree('a.jpg', 'empty/x.txt')
  const args = [join(folder, 'a.jpg'), join(folder, 'none.jpg'), join(folder, 'empty'), join(folder, '*.png')]
  const { images, problems } = await findInputs(args)
  expect(images).toHaveLength(1)
  expect(problems.map(({ error }) => error.message.replace(folder, ''))).toEqual([
    '/none.jpg does not exist',
    '/empty holds no images',
    expect.stringMatching(/^nothing matches/),
  ])
})

test('outputs mirror the tree; another format changes the extension only', async () => {
  const folder = tree('a.JPEG', 'x/b.png')
  const { images } = await findInputs([folder])
  expect(planOutputs(images, 'out').map(({ output }) => output)).toEqual([
    join('out', 'a.JPEG'),
    join('out', 'x/b.png'),
  ])
  const jpeg = planOutputs(images, 'out', { format: 'jpeg' }).map(({ output }) => output)
  expect(jpeg).toEqual([join('out', 'a.JPEG'), join('out', 'x/b.jpg')])
})

test.each([
  [
    'two inputs for one output',
    (folder: string) => [join(folder, 'x'), join(folder, 'y')],
    'out',
    /both become/,
  ],
  ['an output over its input', (folder: string) => [join(folder, 'x')], 'x', /would replace the input/],
])('%s is refused', async (_, args, output, message) => {
  const folder = tree('x/a.jpg', 'y/a.jpg')
  const { images } = await findInputs(args(folder))
  expect(() => planOutputs(images, join(folder, output))).toThrow(message)
})

test('an output behind a link is known as the input', async () => {
  const folder = tree('x/a.jpg')
  symlinkSync('x', join(folder, 'out'))
  const { images } = await findInputs([join(folder, 'x')])
  expect(() => planOutputs(images, join(folder, 'out'))).toThrow(/would replace the input/)
})
