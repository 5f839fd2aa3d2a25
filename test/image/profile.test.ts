import { expect, test } from 'vitest'
import { profileUse } from '../../src/image/profile.ts'

/** A profile with nothing but a red curve. */
function profile(curve: Buffer, colours = 'RGB '): Buffer {
  const header = Buffer.alloc(144)
  header.write(colours, 16, 'latin1')
  header.writeUInt32BE(1, 128)
  header.write('rTRC', 132, 'latin1')
  header.writeUInt32BE(144, 136)
  header.writeUInt32BE(curve.length, 140)
  return Buffer.concat([header, curve, Buffer.alloc(12)])
}

function table(...values: number[]): Buffer {
  const bytes = Buffer.alloc(12 + 2 * values.length)
  bytes.write('curv', 'latin1')
  bytes.writeUInt32BE(values.length, 8)
  for (const [i, value] of values.entries()) bytes.writeUInt16BE(value, 12 + 2 * i)
  return bytes
}

function parametric(kind: number, ...values: number[]): Buffer {
  const bytes = Buffer.alloc(12 + 4 * values.length)
  bytes.write('para', 'latin1')
  bytes.writeUInt16BE(kind, 8)
  for (const [i, value] of values.entries()) bytes.writeInt32BE(Math.round(value * 65536), 12 + 4 * i)
  return bytes
}

const squares = Array.from({ length: 1025 }, (_, i) => Math.round(65535 * (i / 1024) ** 2))

test.each([
  ['gamma 2.2, as Adobe RGB has', profile(table(563)), 'keep'],
  ['gamma 1.8, as ProPhoto RGB has', profile(table(461)), 'keep'],
  ['a table', profile(table(...squares)), 'keep'],
  ['a parametric gamma', profile(parametric(0, 2.2)), 'keep'],
  ['the curve of sRGB', profile(parametric(3, 2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)), 'keep'],
  ['no curve at all: light', profile(table()), 'convert'],
  ['gamma 1', profile(table(256)), 'convert'],
  ['a profile of look-up tables', Buffer.alloc(200), 'convert'],
  ['a profile cut short', profile(table()).subarray(0, 146), 'convert'],
  ['gray', profile(table(), 'GRAY'), 'keep'],
] as const)('%s: %#', (_, icc, use) => {
  expect(profileUse(icc, 'srgb')).toBe(use)
})

test('no profile is kept, CMYK is dropped', () => {
  expect(profileUse(undefined, 'srgb')).toBe('keep')
  expect(profileUse(profile(table(563)), 'cmyk')).toBe('drop')
})
