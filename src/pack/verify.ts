import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Pack } from './pack.ts'

/** What came of checking one file of a pack; `problem` completes the sentence that the file's name begins. */
export interface FileCheck {
  readonly file: string
  readonly problem?: string
}

/** Compares every file that the manifest lists with its SHA-256. */
export async function verifyFiles({ dir, manifest }: Pack): Promise<FileCheck[]> {
  return Promise.all(
    Object.entries(manifest.files).map(async ([file, expected]) => {
      const bytes = await readFile(join(dir, file)).catch(() => undefined)
      if (bytes === undefined) return { file, problem: 'is missing or cannot be read' }
      const actual = createHash('sha256').update(bytes).digest('hex')
      return actual === expected
        ? { file }
        : { file, problem: 'is altered: its checksum differs from pack.json' }
    }),
  )
}
