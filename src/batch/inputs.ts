import { type Stats, statSync } from 'node:fs'
import { basename, dirname, join, relative, resolve } from 'node:path'
import fastGlob from 'fast-glob'
import { UirError } from '../errors.ts'
import { EXTENSIONS } from '../image/format.ts'
import { placeOf } from './list.ts'

/** An image to read. */
export interface Input {
  /** As the user wrote it or as the folder or glob gave it. */
  readonly path: string
  /** The path below the folder or the fixed part of the glob that it came from; its name for a single file. */
  readonly relative: string
  /** True when a folder or glob gave it: it may then be no image at all. */
  readonly found: boolean
}

/** An argument that gives no image. */
export interface Problem {
  readonly input: string
  readonly error: UirError
}

export interface Inputs {
  /** Sorted within each argument, each file once. */
  readonly images: readonly Input[]
  readonly problems: readonly Problem[]
}

export interface FindOptions {
  /** Folder whose files are no inputs: earlier results must not be restored again. */
  readonly excluded?: string | undefined
  /** Names of files and folders, taken literally; files keep their whole path below the output folder. */
  readonly listed?: readonly string[] | undefined
}

const ANY_IMAGE = `**/*.{${Object.values(EXTENSIONS).flat().join(',')}}`

/** Finds the images that arguments mean: files, folders with all below them, and globs that no shell has expanded. */
export async function findInputs(
  args: readonly string[],
  { excluded, listed = [] }: FindOptions = {},
): Promise<Inputs> {
  const images = new Map<string, Input>()
  const problems: Problem[] = []
  const add = (argument: string, result: Input[] | UirError) => {
    if (result instanceof UirError) problems.push({ input: argument, error: result })
    else for (const input of result) images.set(resolve(input.path), images.get(resolve(input.path)) ?? input)
  }
  for (const argument of args) {
    add(
      argument,
      (await expandName(argument, basename(argument), excluded)) ?? (await expandGlob(argument, excluded)),
    )
  }
  for (const name of listed) add(name, (await expandName(name, placeOf(name), excluded)) ?? missing(name))
  return { images: [...images.values()], problems }
}

/** What a file or folder gives; undefined when there is none of that name. */
async function expandName(
  name: string,
  place: string,
  excluded: string | undefined,
): Promise<Input[] | UirError | undefined> {
  const stats = statOf(name)
  if (stats instanceof UirError || stats === undefined) return stats
  if (!stats.isDirectory()) return [{ path: name, relative: place, found: false }]
  const inputs = await findBelow(name, ANY_IMAGE, excluded)
  const fix = `it needs files like .${Object.values(EXTENSIONS).flat().join(', .')}`
  return inputs.length > 0 ? inputs : new UirError('image', `${name} holds no images`, fix)
}

async function expandGlob(argument: string, excluded: string | undefined): Promise<Input[] | UirError> {
  const pattern = process.platform === 'win32' ? argument.replaceAll('\\', '/') : argument
  if (!fastGlob.isDynamicPattern(pattern)) return missing(argument)
  const base = fixedPart(pattern)
  const inputs = await findBelow(base, relative(base, pattern), excluded)
  const fix = 'check the pattern'
  return inputs.length > 0 ? inputs : new UirError('image', `nothing matches ${argument}`, fix)
}

function missing(name: string): UirError {
  return new UirError('image', `${name} does not exist`, 'check the path')
}

/** A name may be impossible: too long, through a file, behind a closed door, in a circle of links. */
function statOf(name: string): Stats | UirError | undefined {
  try {
    return statSync(name, { throwIfNoEntry: false })
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    return new UirError('image', `${name} cannot be read (${code})`, 'check the path and its permissions', {
      cause,
    })
  }
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
    .map(({ path, dirent }) => ({ input: { path: join(folder, path), relative: path, found: true }, dirent }))
    .filter(({ input, dirent }) => dirent.isFile() || (dirent.isSymbolicLink() && isFile(input.path)))
    .map(({ input }) => input)
    .sort((a, b) => (a.path < b.path ? -1 : 1))
}

function isFile(path: string): boolean {
  const stats = statOf(path)
  return stats !== undefined && !(stats instanceof UirError) && stats.isFile()
}

function ignoredPattern(folder: string, excluded: string): string[] {
  const below = relative(folder, excluded)
  return below === '' || below.startsWith('..') ? [] : [`${fastGlob.escapePath(below)}/**`]
}
