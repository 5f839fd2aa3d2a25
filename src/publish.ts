import { rename, rm, stat } from 'node:fs/promises'
import { UirError } from './errors.ts'

/**
 * Makes a file or folder appear whole: it is written under a temporary name beside its place, then renamed.
 *
 * @param path must not exist yet
 * @param write writes the temporary file or folder that it is given
 * @throws {UirError} `usage` when the place is taken or can't be written
 */
export async function publish(path: string, write: (temporary: string) => Promise<void>): Promise<void> {
  if (await stat(path).catch(() => undefined)) {
    throw new UirError('usage', `${path} exists already`, 'remove it or choose another name')
  }
  const temporary = `${path}.${process.pid}.tmp`
  try {
    await write(temporary)
    await rename(temporary, path)
  } catch (cause) {
    await rm(temporary, { recursive: true, force: true })
    if (!(cause instanceof Error && 'code' in cause)) throw cause
    throw new UirError('usage', `${path} cannot be written (${cause.code})`, 'choose another place', {
      cause,
    })
  }
}
