import { rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { UirError } from './errors.ts'
import { makeFolder } from './folder.ts'
import { OWNER, owner } from './owner.ts'

export interface PublishOptions {
  /** Takes the place of a file that is there already. */
  readonly replace?: boolean
}

/** Names of unfinished files, with the mark of their process. Hidden, so that nobody takes one for a result. */
export const TEMPORARY = new RegExp(`^\\.uir-(${OWNER.source})-\\d+\\.tmp$`)

let count = 0

/** Another name beside a file; not made from its own, which may be as long as the file system allows. */
export function temporaryFor(path: string): string {
  return join(dirname(path), `.uir-${owner}-${++count}.tmp`)
}

/**
 * Makes a file or folder appear whole: it is written under a temporary name beside its place, then renamed. Missing
 * folders above it are made.
 *
 * @param write writes the temporary file or folder that it is given
 * @throws {UirError} `usage` when the place is taken or can't be written
 */
export async function publish(
  path: string,
  write: (temporary: string) => Promise<void>,
  { replace = false }: PublishOptions = {},
): Promise<void> {
  if (!replace && (await stat(path).catch(() => undefined))) {
    throw new UirError('usage', `${path} exists already`, 'remove it or choose another name')
  }
  const temporary = temporaryFor(path)
  try {
    await makeFolder(dirname(path))
    await write(temporary)
    await rename(temporary, path)
  } catch (cause) {
    await rm(temporary, { recursive: true, force: true }).catch(() => {})
    throw explainWrite(path, cause)
  }
}

const REASONS: Readonly<Record<string, readonly [reason: string, fix: string]>> = {
  EACCES: ['permission denied', 'choose another place'],
  EPERM: ['permission denied', 'choose another place'],
  EROFS: ['the disk is read-only', 'choose another place'],
  ENOSPC: ['the disk is full', 'free some space or choose another place'],
  EDQUOT: ['the quota is used up', 'free some space or choose another place'],
  ENOENT: ['its folder does not exist and cannot be made', 'choose another place'],
  ENOTDIR: ['a part of the path is a file', 'choose another place'],
  EEXIST: ['a part of the path is a file', 'choose another place'],
  EISDIR: ['a folder has that name', 'choose another place'],
  ENAMETOOLONG: ['the name is too long', 'choose a shorter one'],
}

/** Whether there was no room to write: nothing else can be written then either. */
function isFull({ cause }: UirError): boolean {
  const { code } = (cause ?? {}) as NodeJS.ErrnoException
  return code === 'ENOSPC' || code === 'EDQUOT'
}

/** A full disk is everybody's misfortune: it ends the run. Any other error is passed through. */
export function explainFull(error: unknown): unknown {
  if (!(error instanceof UirError) || !isFull(error)) return error
  const fix = 'free some space, then run again with --resume'
  return new UirError('images', error.message, fix, { cause: error.cause })
}

/** Says why a place can't be written; anything but an error of the file system is passed through. */
export function explainWrite(path: string, cause: unknown): unknown {
  if (!(cause instanceof Error && 'syscall' in cause && 'code' in cause)) return cause
  const [reason, fix] = REASONS[String(cause.code)] ?? [String(cause.code), 'choose another place']
  return new UirError('usage', `${path} cannot be written: ${reason}`, fix, { cause })
}
