import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { DEFAULT_PACK } from '../../src/pack/default.ts'
import { parseManifest } from '../../src/pack/manifest.ts'

const text = readFileSync(join(DEFAULT_PACK, 'pack.json'), 'utf8')

test('the default pack has the ten degradations', () => {
  const { degradations, format } = parseManifest(text)
  expect(format).toBe(1)
  expect([...degradations].sort()).toEqual([
    'blur',
    'haze',
    'inpaint',
    'jpeg',
    'lowlight',
    'noise',
    'rain',
    'raindrop',
    'shadow',
    'snow',
  ])
})

// biome-ignore lint/suspicious/noExplicitAny: the cases break the type on purpose
const cases: [string, (manifest: any) => void, string][] = [
  ['another format', manifest => (manifest.format = 2), 'format'],
  ['a field left out', manifest => delete manifest.restorer.tile, 'restorer.tile'],
  ['a path out of the pack', manifest => (manifest.restorer.graph = '../../etc/passwd'), 'restorer.graph'],
  ['an absolute path', manifest => (manifest.experts.rain = '/etc'), 'experts.rain'],
  ['a threshold above 1', manifest => (manifest.selection.thresholds.rain = 2), 'thresholds.rain'],
  [
    'a degradation without threshold',
    manifest => delete manifest.selection.thresholds.rain,
    'thresholds lacks rain',
  ],
  ['an unknown name of importance', manifest => (manifest.selection.importance = { fog: 2 }), 'names fog'],
  ['told what the prior has no place for', manifest => (manifest.router.told = ['fog']), 'scores lacks fog'],
  ['a degradation without expert', manifest => delete manifest.experts.rain, 'experts lacks rain'],
  ['a file without checksum', manifest => delete manifest.files['bank.safetensors'], 'bank.safetensors'],
  ['a checksum that is none', manifest => (manifest.files['bank.safetensors'] = 'abc'), 'SHA-256'],
  ['overlap of half a tile', manifest => (manifest.restorer.overlap = 256), 'overlap'],
]

test.each(cases)('%s is refused', (_, damage, message) => {
  const manifest = JSON.parse(text)
  damage(manifest)
  expect(() => parseManifest(JSON.stringify(manifest))).toThrow(message)
})
