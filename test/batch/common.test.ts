import { expect, test } from 'vitest'
import { commonFolder } from '../../src/batch/common.ts'

test.each([
  [['/a/b/c.jpg'], '/a/b'],
  [['/a/b/c.jpg', '/a/b/d/e.jpg'], '/a/b'],
  [['/a/bc/d.jpg', '/a/b/d.jpg'], '/a'],
  [['/a/b.jpg', '/c/d.jpg'], '/'],
  [['x/a.jpg'], `${process.cwd()}/x`],
])('%j lie in %s', (files, expected) => {
  expect(commonFolder(files)).toBe(expected)
})
