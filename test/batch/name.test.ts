import { join } from 'node:path'
import { expect, test } from 'vitest'
import { checkTemplate, MIRROR, renderName } from '../../src/batch/name.ts'

test.each([
  [MIRROR, 'x/y/a.JPG', undefined, 'x/y/a.JPG'],
  [MIRROR, 'a.JPG', undefined, 'a.JPG'],
  [MIRROR, 'a.JPG', 'jpeg', 'a.JPG'],
  [MIRROR, 'x/a.b.tiff', 'png', 'x/a.b.png'],
  [MIRROR, 'no-extension', undefined, 'no-extension'],
  ['{name}_{ext}.{ext}', 'x/a.jpg', 'webp', 'a_jpg.webp'],
  ['flat/{dir}{name}.{ext}', 'x/a.jpg', undefined, 'flat/xa.jpg'],
] as const)('%s of %s as %s is %s', (template, place, format, expected) => {
  expect(renderName(template, place, format)).toBe(join(expected))
})

test.each(['{name}', '{name}.jpg', '{stem}.{ext}', '{dir}/../{name}.{ext}'])('%s is refused', template => {
  expect(() => checkTemplate(template)).toThrow(/--name/)
})
