import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import sharp from 'sharp'
import { formatOfName } from '../../src/image/format.ts'
import { temporaryFolder } from './command.ts'
import { fixture } from './images.ts'

/** A folder with small photographs under the names given; no two are alike. */
export async function photos(...names: string[]): Promise<string> {
  const folder = temporaryFolder()
  for (const [i, name] of names.entries()) await photo(join(folder, name), i)
  return folder
}

/** Writes one small photograph; the extension chooses the format. */
export async function photo(path: string, seed: number): Promise<void> {
  mkdirSync(dirname(path), { recursive: true })
  await sharp(fixture('samples/noise.jpg'))
    .extract({ left: 20 + 3 * seed, top: 30, width: 64, height: 48 })
    .toFormat(formatOfName(path) ?? 'jpeg')
    .tiff({ compression: 'deflate', force: false })
    .toFile(path)
}

/** All files below a folder, hidden ones included, sorted. */
export function filesBelow(folder: string): string[] {
  if (!existsSync(folder)) return []
  const entries = readdirSync(folder, { recursive: true }) as string[]
  return entries.filter(name => statSync(join(folder, name), { throwIfNoEntry: false })?.isFile()).sort()
}

/** Results by name with a checksum of their content; not what a run keeps for itself. */
export function results(folder: string): Record<string, string> {
  const names = filesBelow(folder).filter(name => !/(^|\/)\.uir-/.test(name))
  const digest = (name: string) =>
    createHash('sha256')
      .update(readFileSync(join(folder, name)))
      .digest('hex')
  return Object.fromEntries(names.map(name => [name, digest(name)]))
}
