import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { parseMix } from '../../src/lora/parse.ts'
import { temporaryFolder } from '../support/command.ts'

const names = ['blur', 'haze', 'noise', 'rain', 'raindrop']
const selection = { topK: 3, norm: 'sum', step: 0.1, thresholds: {}, importance: { haze: 8 } } as const
const known = { experts: Object.fromEntries(names.map(name => [name, name])), selection }

test.each([
  ['rain', [{ expert: 'rain', weight: 1 }]],
  ['rain=0.7', [{ expert: 'rain', weight: 0.7 }]],
  [
    'rain=0.7, noise=3e-1',
    [
      { expert: 'rain', weight: 0.7 },
      { expert: 'noise', weight: 0.3 },
    ],
  ],
  [
    'rain,haze,noise',
    [
      { expert: 'rain', weight: 0.1 },
      { expert: 'haze', weight: 0.8 },
      { expert: 'noise', weight: 0.1 },
    ],
  ],
  [
    'rain=0.5,noise,blur',
    [
      { expert: 'rain', weight: 0.5 },
      { expert: 'noise', weight: 0.5 },
      { expert: 'blur', weight: 0.5 },
    ],
  ],
  ['haze=-1', [{ expert: 'haze', weight: -1 }]],
  ['none', []],
])('%s', (text, mix) => {
  expect(parseMix(text, known)).toEqual(mix)
})

test('a path may have a weight, and commas of its own', () => {
  const folder = join(temporaryFolder(), 'a=1,b')
  mkdirSync(folder)
  expect(parseMix(folder, known)).toEqual([{ expert: folder, weight: 1 }])
  expect(parseMix(`${folder}/`, known)).toEqual([{ expert: folder, weight: 1 }])
  const plain = join(folder, '..')
  expect(parseMix(`${plain}=0.5,rain`, known)).toEqual([
    { expert: plain, weight: 0.5 },
    { expert: 'rain', weight: 1 },
  ])
})

test('a bare name is an expert first and a path then', () => {
  const cwd = process.cwd()
  const folder = temporaryFolder()
  mkdirSync(join(folder, 'rain'))
  mkdirSync(join(folder, 'storm'))
  process.chdir(folder)
  try {
    expect(parseMix('rain', known)).toEqual([{ expert: 'rain', weight: 1 }])
    expect(parseMix('./rain', known)).toEqual([{ expert: resolve('rain'), weight: 1 }])
    expect(parseMix('storm=2,rain', known)).toEqual([
      { expert: resolve('storm'), weight: 2 },
      { expert: 'rain', weight: 1 },
    ])
  } finally {
    process.chdir(cwd)
  }
})

test.each([
  ['rian', 'no expert named "rian"', 'did you mean rain?'],
  ['fog=0.5', 'no expert named "fog"', 'choose from blur, haze'],
  ['rain=lots', 'the weight of rain is no number: "lots"', 'rain=0.7'],
  ['rain=', 'the weight of rain is no number: ""', 'rain=0.7'],
  ['rain=Infinity', 'the weight of rain is no number', 'rain=0.7'],
  ['rain=1,rain=2', 'rain is named twice', 'once'],
  ['rain,none', 'no expert named "none"', 'did you mean'],
  ['', 'no expert named ""', 'choose'],
  ['./storm', 'no adapter at ./storm', 'check the path'],
])('%j is refused: %s', (text, message, fix) => {
  expect(() => parseMix(text, known)).toThrow(
    expect.objectContaining({
      code: 'usage',
      message: expect.stringContaining(message),
      fix: expect.stringContaining(fix),
    }),
  )
})
