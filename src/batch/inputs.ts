import { statSync } from 'node:fs'
import { basename, dirname, join, relative, resolve } from 'node:path'
import fastGlob from 'fast-glob'
import { UirError } from '../errors.ts'
import { EXTENSIONS } from '../image/format.ts'

/** An image to read. */
export interface Input {
  /** As the user wrote it or as the folder or glob gave it. */
  readonly path: string
  /** The path below the folder or the fixed part of the glob that it came from; its name for a single file. */
  readonly relative: string
}

export interface Inputs {
  /** Sorted within each argument, each file once. */
  readonly images: readonly Input[]
  /** One for each argument that gives no image. */
  readonly problems: readonly UirError[]
}

const ANY_IMAGE = `**/*.{${Object.values(EXTENSIONS).flat().join(',')}}`

/**
 * Finds the images that arguments mean: files, folders with all below them, and globs that no shell has expanded.
 *
 * @param excluded folder whose files are no inputs: earlier results must not be restored again
 */
export async function findInputs(args: readonly string[], excluded?: string): Promise<Inputs> {
  const images = new Map<string, Input>()
  const problems: UirError[] = []
  for (const argument of args) {
    const found = await expand(argument, excluded)
    if (found instanceof UirError) problems.push(found)
    else for (const input of found) images.set(resolve(input.path), images.get(resolve(input.path)) ?? input)
  }
  return { images: [...images.values()], problems }
}

async function expand(argument: string, excluded: string | undefined): Promise<Input[] | UirError> {
  const found = statSync(argument, { throwIfNoEntry: false })
  if (found?.isDirectory()) {
    const inputs = await findBelow(argument, ANY_IMAGE, excluded)
    const fix = `it needs files like .${Object.values(EXTENSIONS).flat().join(', .')}`
    return inputs.length > 0 ? inputs : new UirError('image', `${argument} holds no images`, fix)
  }
  if (found !== undefined) return [{ path: argument, relative: basename(argument) }]
  const pattern = process.platform === 'win32' ? argument.replaceAll('\\', '/') : argument
  if (!fastGlob.isDynamicPattern(pattern)) {
    return new UirError('image', `${argument} does not exist`, 'check the path')
  }
  const base = fixedPart(pattern)
  const inputs = await findBelow(base, relative(base, pattern), excluded)
  return inputs.length > 0
    ? inputs
    : new UirError('image', `nothing matches ${argument}`, 'check the pattern')
}

/** The folders of a pattern before its first special character. */
function fixedPart(pattern: string): string {
  const special = pattern.search(/[*?[\]{}()!@+\\]/)
  return dirname(`${pattern.slice(0, special)}_`)
}

/** Links to files are followed, links to folders are not: they may lead in a circle. */
async function findBelow(folder: string, pattern: string, excluded: string | undefined): Promise<Input[]> {
  const entries = await fastGlob(pattern, {
    cwd: folder,
    caseSensitiveMatch: false,
    objectMode: true,
    onlyFiles: false,
    followSymbolicLinks: false,
    suppressErrors: true,
    ignore: excluded === undefined ? [] : ignoredPattern(folder, excluded),
  })
  return entries
    .map(({ path, dirent }) => ({ input: { path: join(folder, path), relative: path }, dirent }))
    .filter(({ input, dirent }) => dirent.isFile() || (dirent.isSymbolicLink() && isFile(input.path)))
    .map(({ input }) => input)
    .sort((a, b) => (a.path < b.path ? -1 : 1))
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false
}

function ignoredPattern(folder: string, excluded: string): string[] {
  const below = relative(folder, excluded)
  return below === '' || below.startsWith('..') ? [] : [`${fastGlob.escapePath(below)}/**`]
}
