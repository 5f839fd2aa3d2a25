import { chmod, copyFile, link, readFile, stat, writeFile } from 'node:fs/promises'
import { describe, UirError } from '../errors.ts'
import { explainFull, publish } from '../publish.ts'
import type { Step } from './plan.ts'

/** Where images come from and results go: files, or a pipe. */
export interface Ends {
  /** Of an input, for messages. */
  name(path: string): string
  /** @throws {UirError} `image` */
  read(path: string): Promise<Uint8Array>
  /** @throws {UirError} `image`, or another code when nothing can be written any more */
  write(step: Step, bytes: Uint8Array): Promise<void>
}

/** Reads files and makes results appear whole. */
export const files: Ends = {
  name: path => path,
  read: async path =>
    await readFile(path).catch((cause: NodeJS.ErrnoException) => {
      const why = cause.code === 'ENOENT' ? 'does not exist' : `cannot be read (${cause.code})`
      throw new UirError('image', `${path} ${why}`, 'check the path and its permissions', { cause })
    }),
  async write({ output, inPlace }, bytes) {
    try {
      if (inPlace?.backup !== undefined) await keepOriginal(output, inPlace.backup)
      // Flushed, because after a power cut the new name must not lead to an empty file.
      const write = async (temporary: string) => {
        await writeFile(temporary, bytes, { flush: true })
        if (inPlace) await chmod(temporary, (await stat(output)).mode)
      }
      await publish(output, write, { replace: true })
    } catch (error) {
      const failure = explainFull(error)
      // A place that can't be written is this image's misfortune.
      if (!(failure instanceof UirError) || failure.code !== 'usage') throw failure
      throw new UirError('image', describe(failure), undefined, { cause: failure })
    }
  },
}

/** Gives the original a second name, or copies it where the file system has no links. */
async function keepOriginal(path: string, backup: string): Promise<void> {
  if (await isSame(path, backup)) return
  await publish(backup, temporary => link(path, temporary).catch(() => copyFile(path, temporary)))
}

/** Whether a backup holds what is to be backed up: a run was killed before the result took its place. */
export async function isSame(path: string, backup: string): Promise<boolean> {
  const kept = await readFile(backup).catch(() => undefined)
  return kept?.equals(await readFile(path)) ?? false
}
