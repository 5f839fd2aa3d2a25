import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { readAdapter } from '../../src/lora/adapter.ts'
import { concatenate } from '../../src/lora/concatenate.ts'
import { mergeWeights } from '../../src/lora/merge.ts'
import { writePeft } from '../../src/lora/peft.ts'
import { openPack, readPackWeights } from '../../src/pack/pack.ts'
import { parseSafetensors, serializeSafetensors, tensorData } from '../../src/pack/safetensors.ts'
import { temporaryFolder } from '../support/command.ts'
import { gap, randomLayers } from '../support/layers.ts'

const local = (path: string) => fileURLToPath(new URL(path, import.meta.url))
const SCRIPT = local('../support/peft_round_trip.py')
const python = [local('../../.venv/bin/python'), 'python3'].find(
  path => (path === 'python3' || existsSync(path)) && spawnSync(path, [SCRIPT, '--probe']).status === 0,
)

const pack = await openPack()
const base = await readPackWeights(pack, pack.manifest.restorer.weights)

test('what is written is read again, bit for bit', async () => {
  const folder = join(temporaryFolder(), 'adapter')
  const layers = concatenate([
    { layers: randomLayers(base, 2, 1), weight: 0.3 },
    { layers: randomLayers(base, 3, 2, /encoder/), weight: 1.7 },
  ])
  await writePeft(folder, layers, 'test')
  expect(await readAdapter(folder, base)).toEqual(layers)
})

/** Merges an adapter with peft and compares every weight that it changes with ours. */
async function compareWithPeft(action: 'merge' | 'create', folder: string): Promise<void> {
  const baseFile = join(folder, 'base.safetensors')
  const mergedFile = join(folder, 'merged.safetensors')
  const tensors = [...base.tensors].map(
    ([name, entry]) => [name, { shape: entry.shape, data: tensorData(base, entry) }] as const,
  )
  writeFileSync(baseFile, serializeSafetensors(new Map(tensors)))
  const { status, stderr } = spawnSync(python!, [
    SCRIPT,
    action,
    baseFile,
    join(folder, 'adapter'),
    mergedFile,
  ])
  expect(status, stderr.toString()).toBe(0)

  const layers = await readAdapter(join(folder, 'adapter'), base)
  const ours = mergeWeights(base, concatenate([{ layers, weight: 1 }]))
  const theirs = parseSafetensors(readFileSync(mergedFile), mergedFile)
  expect(layers.size).toBeGreaterThan(0)
  for (const module of layers.keys()) {
    const name = `${module}.weight`
    const expected = tensorData(theirs, theirs.tensors.get(name)!)
    expect(gap(tensorData(ours, ours.tensors.get(name)!), expected), name).toBeLessThan(1e-6)
  }
}

describe.skipIf(python === undefined)('with peft in Python', () => {
  test('an adapter of ours merges to the same weights', async () => {
    const folder = temporaryFolder()
    // Layers of two ranks, so that the patterns of the configuration are used too.
    const layers = concatenate([
      { layers: randomLayers(base, 4, 1), weight: 0.7 },
      { layers: randomLayers(base, 2, 2, /conv1/), weight: 0.3 },
    ])
    await writePeft(join(folder, 'adapter'), layers, 'test')
    await compareWithPeft('merge', folder)
  })

  test('an adapter of peft merges to the same weights', async () => {
    await compareWithPeft('create', temporaryFolder())
  })
})
