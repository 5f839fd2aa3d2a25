import type { Engine, RestoreOptions } from '../engine/engine.ts'
import { decode } from '../image/decode.ts'
import { type EncodeOptions, encode, requireRoom } from '../image/encode.ts'
import type { Mix } from '../lora/mix.ts'
import type { Manifest, Selection } from '../pack/manifest.ts'
import type { Score } from '../router/scores.ts'
import { select } from '../router/selection.ts'
import { tellPrior } from '../router/told.ts'

/** What is the same for every image of a run. */
export interface RestoreSettings extends EncodeOptions, RestoreOptions {
  readonly engine: Engine
  /** What the prior is made of. */
  readonly router: Manifest['router']
  /** How scores become a mix. */
  readonly selection: Selection
  /** Overrides the mix that the scores give. */
  readonly mix?: Mix | undefined
  /** The degradations that the overriding mix is meant for, where that is known. */
  readonly named?: readonly string[] | undefined
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
  const { engine, router, selection, named, format } = settings
  const image = await decode(bytes, name, settings.maxPixels)
  requireRoom(image, format ?? image.origin.format, name)
  const { width, height } = image
  const { scores, prior } = await engine.route(image)
  const found = select(scores, selection)
  const mix = settings.mix ?? found
  const changed = settings.mix !== undefined || mix.length > 0
  const about = { width, height, scores, mix, changed }
  if (!changed && (format === undefined || format === image.origin.format)) return { bytes, ...about }
  if (changed) await engine.restore(image, mix, tellPrior(prior, named, found, router), settings)
  return { bytes: await encode(image, settings), ...about }
}
