import { isAbsolute, join, normalize, parse, relative } from 'node:path'

/** The names in a list: one a line, or separated by NUL as `find -print0` writes them. */
export function parseList(bytes: Uint8Array): string[] {
  const text = Buffer.from(bytes).toString()
  const names = text.includes('\0') ? text.split('\0') : text.split(/\r?\n/)
  return names.filter(name => name !== '')
}

/** The place of a listed file below the output folder: its path without what leads out of there. */
export function placeOf(name: string): string {
  const path = normalize(name)
  const below = isAbsolute(path) ? relative(parse(path).root, path) : path
  return join(...below.split(/[/\\]/).filter(part => part !== '..'))
}
