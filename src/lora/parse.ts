import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { closestMatch } from 'leven'
import { UirError } from '../errors.ts'
import type { Manifest } from '../pack/manifest.ts'
import type { Mix } from './mix.ts'

/** A part of a mix as it was written. */
interface Named {
  readonly expert: string
  readonly weight: number | undefined
}

/**
 * Reads a mix as written on the command line: `rain`, `rain,noise`, `rain=0.7,noise=0.3`, `none`, or the path of an
 * adapter (a PEFT folder or a .safetensors file), also with a weight. The name of an expert goes before a path.
 * Experts without a weight share 1, each by its importance, as they do where the scores choose: two in full overdo it.
 *
 * @param texts one, or several that make one mix together
 * @param pack names of its experts, and what they count; 1 where nothing is said
 * @throws {UirError} `usage`, naming the part that is wrong
 */
export function parseMix(
  texts: string | readonly string[],
  { experts, selection: { importance } }: Pick<Manifest, 'experts' | 'selection'>,
): Mix {
  const known = Object.keys(experts)
  const parts = distinct([texts].flat().flatMap(text => parseParts(text, known)))
  const counts = parts.map(({ expert, weight }) => (weight === undefined ? (importance[expert] ?? 1) : 0))
  const total = counts.reduce((sum, count) => sum + count, 0)
  return parts.map(({ expert, weight }, i) => ({ expert, weight: weight ?? round(counts[i]! / total) }))
}

function parseParts(text: string, known: readonly string[]): Named[] {
  if (text.trim() === 'none') return []
  // A path may hold a comma of its own.
  const isOnePath = existsSync(text) && !known.includes(splitWeight(text).name)
  const parts = isOnePath ? [text] : text.split(',')
  return parts.map(part => parsePart(part.trim(), known))
}

function distinct(mix: Named[]): Named[] {
  const twin = mix.find(({ expert }, i) => mix.findIndex(part => part.expert === expert) < i)
  if (twin === undefined) return mix
  throw new UirError('usage', `expert ${twin.expert} is named twice`, 'give each expert once')
}

function parsePart(part: string, known: readonly string[]): Named {
  const { name, weight } = splitWeight(part)
  if (known.includes(name)) return { expert: name, weight: parseWeight(weight, name) }
  if (existsSync(part)) return { expert: resolve(part), weight: undefined }
  if (existsSync(name)) return { expert: resolve(name), weight: parseWeight(weight, name) }
  throw unknownExpert(name, known)
}

function splitWeight(part: string): { name: string; weight: string | undefined } {
  const equals = part.lastIndexOf('=')
  return equals < 0
    ? { name: part, weight: undefined }
    : { name: part.slice(0, equals), weight: part.slice(equals + 1) }
}

/** Four digits, as in a log. */
function round(weight: number): number {
  return Number(weight.toFixed(4))
}

function parseWeight(text: string | undefined, name: string): number | undefined {
  if (text === undefined) return undefined
  const weight = Number(text)
  if (text.trim() !== '' && Number.isFinite(weight)) return weight
  throw new UirError(
    'usage',
    `the weight of ${name} is no number: "${text}"`,
    `write for example ${name}=0.7`,
  )
}

function unknownExpert(name: string, known: readonly string[]): UirError {
  if (/[/\\.]/.test(name)) {
    return new UirError('usage', `no adapter at ${name}`, 'check the path, or name an expert of the pack')
  }
  const near = closestMatch(name, [...known], { maxDistance: 2 })
  const fix = near === undefined ? `choose from ${known.join(', ')}` : `did you mean ${near}?`
  return new UirError('usage', `no expert named "${name}" in this pack`, fix)
}
