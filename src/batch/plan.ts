import { existsSync, realpathSync } from 'node:fs'
import { join, parse, resolve } from 'node:path'
import { UirError } from '../errors.ts'
import { EXTENSIONS, type Format, formatOfName } from '../image/format.ts'
import type { Input } from './inputs.ts'

/** An image to read and the place of its result. */
export interface Step {
  readonly input: string
  readonly output: string
}

/**
 * Gives every input its place below the output folder: the tree of the inputs is mirrored and names are kept; only
 * another format changes the extension.
 *
 * @throws {UirError} `usage` when a result would replace an input or another result
 */
export function planOutputs(inputs: readonly Input[], folder: string, format?: Format): Step[] {
  const taken = new Map<string, string>()
  const originals = new Map(inputs.map(({ path }) => [realPath(path), path]))
  return inputs.map(({ path, relative }) => {
    const output = join(folder, rename(relative, format))
    const other = taken.get(collisionKey(output))
    if (other !== undefined) {
      const fix = 'restore them in two runs with different -o folders'
      throw new UirError('usage', `${other} and ${path} would both become ${output}`, fix)
    }
    taken.set(collisionKey(output), path)
    const original = existsSync(output) ? originals.get(realPath(output)) : undefined
    if (original !== undefined) {
      throw new UirError(
        'usage',
        `${output} would replace the input ${original}`,
        'choose another folder with -o',
      )
    }
    return { input: path, output }
  })
}

function rename(name: string, format: Format | undefined): string {
  if (format === undefined || formatOfName(name) === format) return name
  const { dir, name: stem } = parse(name)
  return join(dir, `${stem}.${EXTENSIONS[format][0]}`)
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
