import { readFile } from 'node:fs/promises'
import type { Pack } from '../pack/pack.ts'
import { parseSafetensors } from '../pack/safetensors.ts'
import { findWeights } from './adapter.ts'
import type { Mix } from './mix.ts'

/** Where an adapter that was composed says what it is for, in the metadata of its weights: names with commas between. */
export const DEGRADATIONS_KEY = 'degradations'

/**
 * The degradations that a mix is meant for, in alphabetical order; none for the base alone, and undefined when an adapter
 * doesn't say.
 *
 * @throws {UirError} `pack` when an adapter can't be read
 */
export async function degradationsOf(pack: Pack, mix: Mix): Promise<string[] | undefined> {
  const active = mix.filter(({ weight }) => weight > 0)
  const named = await Promise.all(active.map(({ expert }) => namesOf(pack, expert)))
  return named.includes(undefined) ? undefined : [...new Set(named.flatMap(names => names!))].sort()
}

async function namesOf({ manifest }: Pack, expert: string): Promise<string[] | undefined> {
  if (expert in manifest.experts) return [expert]
  const file = await findWeights(expert)
  const { metadata } = parseSafetensors(await readFile(file), file)
  return metadata[DEGRADATIONS_KEY]?.split(',')
}
