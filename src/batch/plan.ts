import { existsSync, realpathSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { UirError } from '../errors.ts'
import type { Format } from '../image/format.ts'
import type { Input } from './inputs.ts'
import { MIRROR, renderName } from './name.ts'

/** An image to read and the place of its result. */
export interface Step {
  readonly input: string
  readonly output: string
  /** Set when the result takes the place of its input. */
  readonly inPlace?: {
    /** Where the original goes first. */
    readonly backup?: string | undefined
  }
  /** See Input. */
  readonly found: boolean
}

export interface Naming {
  readonly template?: string | undefined
  readonly format?: Format | undefined
}

/**
 * Gives every input its place below the output folder: by default the tree of the inputs is mirrored and names are
 * kept; only another format changes the extension.
 *
 * @throws {UirError} `usage` when a result would replace an input or another result
 */
export function planOutputs(
  inputs: readonly Input[],
  folder: string,
  { template = MIRROR, format }: Naming = {},
): Step[] {
  const claim = claims('restore them in two runs with different -o folders')
  const originals = new Map(inputs.map(({ path }) => [realPath(path), path]))
  return inputs.map(({ path, relative, found }) => {
    const output = join(folder, renderName(template, relative, format))
    claim(output, path)
    const original = existsSync(output) ? originals.get(realPath(output)) : undefined
    if (original !== undefined) {
      const what = `${output} would replace the input ${original}`
      throw new UirError('usage', what, 'choose another folder with -o')
    }
    return { input: path, output, found }
  })
}

/**
 * Lets every result take the place of its input; behind a link, of the file that it leads to.
 *
 * @param suffix of the backup; without one the original is lost
 * @throws {UirError} `usage` when two inputs are one file
 */
export function planInPlace(inputs: readonly Input[], suffix: string | undefined): Step[] {
  const claim = claims('give one of them')
  return inputs.map(({ path, found }) => {
    const output = realPath(path)
    claim(output, path)
    const backup = suffix === undefined ? undefined : output + suffix
    return { input: path, output, found, inPlace: { backup } }
  })
}

/** Refuses the second input for one output. */
function claims(fix: string): (output: string, input: string) => void {
  const taken = new Map<string, string>()
  return (output, input) => {
    const key = collisionKey(output)
    const other = taken.get(key)
    if (other !== undefined) {
      throw new UirError('usage', `${other} and ${input} would both become ${output}`, fix)
    }
    taken.set(key, input)
  }
}

/** Two names for one file on disks that ignore case. */
function collisionKey(path: string): string {
  const absolute = resolve(path)
  return process.platform === 'linux' ? absolute : absolute.toLowerCase()
}

function realPath(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return resolve(path)
  }
}
