import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { UirError } from '../errors.ts'
import { DEFAULT_PACK } from './default.ts'
import { type Manifest, parseManifest } from './manifest.ts'
import { parseSafetensors, type Weights } from './safetensors.ts'
import { verifyFiles } from './verify.ts'

/** A pack whose manifest has been checked. */
export interface Pack {
  /** Absolute path of the folder. */
  readonly dir: string
  readonly manifest: Manifest
}

/**
 * Opens a pack: checks the manifest, and the checksum of every file that it lists.
 *
 * @throws {UirError} `pack`, naming the first file that is missing or altered
 */
export async function openPack(dir: string = DEFAULT_PACK): Promise<Pack> {
  const pack = await readPack(dir)
  const bad = (await verifyFiles(pack)).find(({ problem }) => problem !== undefined)
  if (bad?.problem !== undefined) {
    throw new UirError('pack', `${join(pack.dir, bad.file)} ${bad.problem}`, 'install the pack again')
  }
  return pack
}

/** Reads and checks the manifest alone; its files may still be missing or altered. */
export async function readPack(dir: string): Promise<Pack> {
  const path = resolve(dir)
  const file = join(path, 'pack.json')
  const text = await readFile(file, 'utf8').catch((cause: Error) => {
    const fix = '--pack takes the folder that holds pack.json'
    throw new UirError('pack', `no pack in ${path}: ${file} cannot be read`, fix, { cause })
  })
  try {
    return { dir: path, manifest: parseManifest(text) }
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new UirError('pack', `${file} is no valid manifest: ${why}`, 'install the pack again', { cause })
  }
}

/** Reads one file of the pack. */
export async function readPackFile(pack: Pack, file: string): Promise<Uint8Array> {
  const path = join(pack.dir, file)
  return await readFile(path).catch((cause: Error) => {
    throw new UirError('pack', `${path} cannot be read`, 'install the pack again', { cause })
  })
}

/** Reads one weight file of the pack, expanded to float32. */
export async function readPackWeights(pack: Pack, file: string): Promise<Weights> {
  return parseSafetensors(await readPackFile(pack, file), join(pack.dir, file))
}
