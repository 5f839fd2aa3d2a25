import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Pack } from '../pack/pack.ts'
import { version } from '../version.ts'
import { digest } from './journal.ts'
import type { RestoreSettings } from './restore.ts'

/**
 * SHA-256 of everything but the input that affects the pixels of a result. The device is left out: devices differ by
 * rounding alone, and a run may be resumed on another.
 */
export async function recipeOf(pack: Pack, settings: RestoreSettings): Promise<string> {
  const { selection, mix, strength, tile, format, quality } = settings
  const adapters = (mix ?? [])
    .map(({ expert }) => expert)
    .filter(expert => !(expert in pack.manifest.experts))
  const contents = await Promise.all(adapters.map(digestAdapter))
  const { manifest } = pack
  const parts = { version, manifest, selection, mix, contents, strength, tile, format, quality }
  return digest(Buffer.from(JSON.stringify(parts)))
}

/** The content of an adapter: a file, or a folder of two. */
async function digestAdapter(path: string): Promise<string[]> {
  const isFolder = (await stat(path)).isDirectory()
  const names = isFolder ? (await readdir(path)).sort().map(name => join(path, name)) : [path]
  return await Promise.all(names.map(async name => digest(await readFile(name).catch(() => Buffer.of()))))
}
