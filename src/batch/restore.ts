import type { Engine, RestoreOptions } from '../engine/engine.ts'
import { decode } from '../image/decode.ts'
import { type EncodeOptions, encode, requireRoom } from '../image/encode.ts'
import type { Mix } from '../lora/mix.ts'
import type { Selection } from '../pack/manifest.ts'
import type { Score } from '../router/scores.ts'
import { select } from '../router/selection.ts'

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
  /** Pixels. */
  readonly width: number
  /** Pixels. */
  readonly height: number
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
  const { width, height } = image
  const { scores, prior } = await engine.route(image)
  const mix = settings.mix ?? select(scores, selection)
  const changed = settings.mix !== undefined || mix.length > 0
  if (!changed && (format === undefined || format === image.origin.format))
    return { bytes, width, height, scores, mix, changed }
  const result = changed ? await engine.restore(image, mix, prior, settings) : image
  return { bytes: await encode(result, settings), width, height, scores, mix, changed }
}
