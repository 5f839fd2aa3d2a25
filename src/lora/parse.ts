import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { closestMatch } from 'leven'
import { UirError } from '../errors.ts'
import type { Mix, MixPart } from './mix.ts'

/**
 * Reads a mix as written on the command line: `rain`, `rain=0.7,noise=0.3`, `none`, or the path of an adapter
 * (a PEFT folder or a .safetensors file), also with a weight. The name of an expert goes before a path.
 *
 * @param known names of the pack's experts
 * @throws {UirError} `usage`, naming the part that is wrong
 */
export function parseMix(text: string, known: readonly string[]): Mix {
  if (text.trim() === 'none') return []
  // A path may hold a comma of its own.
  const isOnePath = existsSync(text) && !known.includes(splitWeight(text).name)
  const parts = isOnePath ? [text] : text.split(',')
  return distinct(parts.map(part => parsePart(part.trim(), known)))
}

/**
 * Refuses a mix that names an expert twice.
 *
 * @throws {UirError} `usage`
 */
export function distinct(mix: Mix): Mix {
  const twin = mix.find(({ expert }, i) => mix.findIndex(part => part.expert === expert) < i)
  if (twin === undefined) return mix
  throw new UirError('usage', `expert ${twin.expert} is named twice`, 'give each expert once')
}

function parsePart(part: string, known: readonly string[]): MixPart {
  const { name, weight } = splitWeight(part)
  if (known.includes(name)) return { expert: name, weight: parseWeight(weight, name) }
  if (existsSync(part)) return { expert: resolve(part), weight: 1 }
  if (existsSync(name)) return { expert: resolve(name), weight: parseWeight(weight, name) }
  throw unknownExpert(name, known)
}

function splitWeight(part: string): { name: string; weight: string } {
  const equals = part.lastIndexOf('=')
  return equals < 0
    ? { name: part, weight: '1' }
    : { name: part.slice(0, equals), weight: part.slice(equals + 1) }
}

function parseWeight(text: string, name: string): number {
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
