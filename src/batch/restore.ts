import { readFile, writeFile } from 'node:fs/promises'
import type { Engine, RestoreOptions } from '../engine/engine.ts'
import { UirError } from '../errors.ts'
import { decode } from '../image/decode.ts'
import { type EncodeOptions, encode, requireRoom } from '../image/encode.ts'
import type { Mix } from '../lora/mix.ts'
import type { Selection } from '../pack/manifest.ts'
import { publish } from '../publish.ts'
import type { Score } from '../router/scores.ts'
import { select } from '../router/selection.ts'
import type { Step } from './plan.ts'
import { mixFields, type Row, scoreFields } from './row.ts'

/** What is the same for every image of a run. */
export interface RestoreSettings extends EncodeOptions, RestoreOptions {
  readonly engine: Engine
  /** How scores become a mix. */
  readonly selection: Selection
  /** Overrides the mix that the scores give. */
  readonly mix?: Mix | undefined
  /** Larger images are refused. */
  readonly maxPixels: number
}

/** The bytes of a restored file and how they came about. */
export interface Restored {
  readonly bytes: Uint8Array
  readonly scores: readonly Score[]
  readonly mix: Mix
  /** False when nothing was detected. */
  readonly changed: boolean
}

/**
 * Restores an image file in memory. Where the router detects nothing the pixels stay as they are, and so do the bytes
 * unless another format is wanted.
 *
 * @param name of the file, for messages
 */
export async function restoreBytes(
  bytes: Uint8Array,
  name: string,
  settings: RestoreSettings,
): Promise<Restored> {
  const { engine, selection, format } = settings
  const image = await decode(bytes, name, settings.maxPixels)
  requireRoom(image, format ?? image.origin.format, name)
  const { scores, prior } = await engine.route(image)
  const mix = settings.mix ?? select(scores, selection)
  const changed = settings.mix !== undefined || mix.length > 0
  if (!changed && (format === undefined || format === image.origin.format))
    return { bytes, scores, mix, changed }
  const result = changed ? await engine.restore(image, mix, prior, settings) : image
  return { bytes: await encode(result, settings), scores, mix, changed }
}

/** Where images come from and results go: files, or a pipe. */
export interface Ends {
  /** Of an input, for messages. */
  name(path: string): string
  /** @throws {UirError} `image` */
  read(path: string): Promise<Uint8Array>
  write(path: string, bytes: Uint8Array): Promise<void>
}

/** Reads files and makes results appear whole. */
export const files: Ends = {
  name: path => path,
  read: async path =>
    await readFile(path).catch((cause: NodeJS.ErrnoException) => {
      const why = cause.code === 'ENOENT' ? 'does not exist' : `cannot be read (${cause.code})`
      throw new UirError('image', `${path} ${why}`, 'check the path and its permissions', { cause })
    }),
  write: async (path, bytes) =>
    await publish(path, temporary => writeFile(temporary, bytes), { replace: true }),
}

/** Carries out one step of a plan. */
export async function restoreStep(
  { input, output }: Step,
  ends: Ends,
  settings: RestoreSettings,
): Promise<Row> {
  const start = performance.now()
  const { bytes, scores, mix, changed } = await restoreBytes(
    await ends.read(input),
    ends.name(input),
    settings,
  )
  await ends.write(output, bytes)
  return {
    input,
    output,
    status: changed ? 'restored' : 'unchanged',
    scores: scoreFields(scores),
    mix: mixFields(mix),
    seconds: Number(((performance.now() - start) / 1000).toFixed(3)),
  }
}
