import { join } from 'node:path'
import { expect, test } from 'vitest'
import { degradationsOf } from '../../src/lora/degradations.ts'
import { openPack } from '../../src/pack/pack.ts'
import { tellPrior } from '../../src/router/told.ts'
import { temporaryFolder, uir } from '../support/command.ts'

const ROUTER = {
  graph: '',
  weights: '',
  bank: '',
  view: 128,
  grid: 3,
  scores: ['haze', 'noise', 'rain', 'snow'],
  told: ['haze', 'rain', 'snow'],
}
const PRIOR = Float32Array.of(0.75, 0.25, 0.5, 0.25, 0.125)
const HAZE = [{ expert: 'haze', weight: 1 }]

test('degradations named by hand take the place of the scores; statistics stay', () => {
  expect([...tellPrior(PRIOR, ['rain', 'snow'], HAZE, ROUTER)]).toEqual([0, 0, 1, 1, 0.125])
  expect([...tellPrior(PRIOR, ['haze', 'rain'], HAZE, ROUTER)]).toEqual([1, 0, 1, 0, 0.125])
  expect([...PRIOR]).toEqual([0.75, 0.25, 0.5, 0.25, 0.125])
})

test.each([
  ['nobody has named any', undefined],
  ['the base alone is named', []],
  ['the router names the same', ['haze']],
  ["one is named that the pack doesn't want to be told", ['noise', 'rain']],
])('the prior stays where %s', (_, named) => {
  expect(tellPrior(PRIOR, named, HAZE, ROUTER)).toBe(PRIOR)
})

test('a mix is for what its experts and adapters are for', async () => {
  const pack = await openPack()
  const storm = join(temporaryFolder(), 'storm')
  expect(uir(['compose', 'rain=0.7', 'noise=0.3', '-o', storm]).status).toBe(0)
  const named = (...parts: [string, number][]) =>
    degradationsOf(
      pack,
      parts.map(([expert, weight]) => ({ expert, weight })),
    )
  expect(await named(['snow', 0.5], ['haze', 1], ['blur', 0])).toEqual(['haze', 'snow'])
  expect(await named([storm, 1])).toEqual(['noise', 'rain'])
  expect(await named([storm, 0.5], ['rain', 0.5])).toEqual(['noise', 'rain'])
  expect(await named()).toEqual([])
  const { dir, manifest } = pack
  expect(await named([join(dir, manifest.experts.rain!), 1])).toBeUndefined()
})
