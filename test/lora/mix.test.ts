import { expect, test } from 'vitest'
import { canonicalMix, meanMix, mixKey } from '../../src/lora/mix.ts'

test('equal mixes have one key, whatever their order', () => {
  const mix = [
    { expert: 'rain', weight: 0.7 },
    { expert: 'noise', weight: 0.3 },
  ]
  expect(mixKey(mix)).toBe('noise=0.3,rain=0.7')
  expect(mixKey([...mix].reverse())).toBe('noise=0.3,rain=0.7')
})

test('parts of weight 0 are left out', () => {
  expect(mixKey([{ expert: 'rain', weight: 0 }])).toBe('none')
  expect(mixKey([])).toBe('none')
  expect(canonicalMix([{ expert: 'rain', weight: 0 }])).toEqual([])
})

test('the mean counts an absent expert as 0', () => {
  const mixes = [
    [{ expert: 'rain', weight: 1 }],
    [
      { expert: 'rain', weight: 0.5 },
      { expert: 'haze', weight: 0.4 },
    ],
    [],
  ]
  expect(meanMix(mixes)).toEqual([
    { expert: 'rain', weight: 0.5 },
    { expert: 'haze', weight: 0.1333 },
  ])
})
