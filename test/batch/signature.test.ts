import sharp from 'sharp'
import { expect, test } from 'vitest'
import { isMeantAsImage } from '../../src/batch/signature.ts'
import { fixture } from '../support/images.ts'

test.each(['jpeg', 'png', 'webp', 'avif', 'tiff', 'gif'] as const)('the start of a %s', async format => {
  const bytes = await sharp(fixture('hummingbird.jpg')).resize(16, 16).toFormat(format).toBuffer()
  expect(isMeantAsImage(bytes)).toBe(true)
  expect(isMeantAsImage(bytes.subarray(0, 16))).toBe(true)
})

test.each([
  ['nothing', ''],
  ['zeros', '\0'.repeat(100)],
  ['a bitmap', 'BM\x36\0\0\0'],
  ['a HEIC', '\0\0\0\x18ftypheic'],
])('%s', (_, text) => {
  expect(isMeantAsImage(Buffer.from(text, 'latin1'))).toBe(true)
})

test.each([
  ['text', 'dear diary'],
  ['a web page', '<!DOCTYPE html>'],
  ['an archive', 'PK\x03\x04'],
  ['a film', '\0\0\0\x18ftypmp42'],
  ['sound', 'RIFF\0\0\0\0WAVE'],
  ['a Mac resource fork', '\0\x05\x16\x07\0\x02'],
])('%s is no image', (_, text) => {
  expect(isMeantAsImage(Buffer.from(text, 'latin1'))).toBe(false)
})
