import { readFile } from 'node:fs/promises'
import type { Pack } from '../pack/pack.ts'
import { parseSafetensors } from '../pack/safetensors.ts'
import { findWeights } from './adapter.ts'
import type { Mix } from './mix.ts'

/** Where an adapter that was composed says what it is for, in the metadata of its weights: names with commas between. */
export const DEGRADATIONS_KEY = 'degradations'

/**
 * The degradations that a mix is meant for, in alphabetical order; undefined for the base alone, and when an adapter
 * doesn't say or the pack's prior has no place for one.
 *
 * @throws {UirError} `pack` when an adapter can't be read
 */
export async function degradationsOf(pack: Pack, mix: Mix): Promise<string[] | undefined> {
  const active = mix.filter(({ weight }) => weight > 0)
  const named = (await Promise.all(active.map(({ expert }) => namesOf(pack, expert)))).flat()
  const { scores = [] } = pack.manifest.router
  if (named.length === 0 || !named.every(name => scores.includes(name))) return undefined
  return [...new Set(named)].sort()
}

/** An adapter that doesn't say has one degradation without a name. */
async function namesOf({ manifest }: Pack, expert: string): Promise<string[]> {
  if (expert in manifest.experts) return [expert]
  const file = await findWeights(expert)
  const { metadata } = parseSafetensors(await readFile(file), file)
  return (metadata[DEGRADATIONS_KEY] ?? '').split(',')
}
