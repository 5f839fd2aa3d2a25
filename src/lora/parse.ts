import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { closestMatch } from 'leven'
import { UirError } from '../errors.ts'
import type { Mix, MixPart } from './mix.ts'

/**
 * Reads a mix as written on the command line: `rain`, `rain=0.7,noise=0.3`, `none`, or the path of an adapter
 * (a PEFT folder or a .safetensors file), also with a weight.
 *
 * @param known names of the pack's experts
 * @throws {UirError} `usage`, naming the part that is wrong
 */
export function parseMix(text: string, known: readonly string[]): Mix {
  if (text.trim() === 'none') return []
  // A path may hold a comma or an equals sign of its own.
  const parts = isAdapterPath(text) ? [{ expert: resolve(text), weight: 1 }] : splitMix(text, known)
  return distinct(parts)
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

function splitMix(text: string, known: readonly string[]): MixPart[] {
  return text.split(',').map(part => parsePart(part.trim(), known))
}

function parsePart(part: string, known: readonly string[]): MixPart {
  if (known.includes(part)) return { expert: part, weight: 1 }
  if (isAdapterPath(part)) return { expert: resolve(part), weight: 1 }
  const equals = part.lastIndexOf('=')
  const name = equals < 0 ? part : part.slice(0, equals)
  const weight = equals < 0 ? 1 : parseWeight(part.slice(equals + 1), name)
  if (known.includes(name)) return { expert: name, weight }
  if (isAdapterPath(name)) return { expert: resolve(name), weight }
  throw unknownExpert(name, known)
}

/** A bare word is always an expert's name: a folder `rain` in the working directory must not change its meaning. */
function isAdapterPath(text: string): boolean {
  return /[/\\.]/.test(text) && existsSync(text)
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
