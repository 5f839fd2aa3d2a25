import { files } from '../batch/ends.ts'
import { findInputs } from '../batch/inputs.ts'
import { UirError } from '../errors.ts'
import { decode } from '../image/decode.ts'
import { type Mix, meanMix } from '../lora/mix.ts'
import { select } from '../router/selection.ts'
import { withSession } from './session.ts'

/**
 * The mean of the mixes that the router finds for photographs.
 *
 * @param photos files, folders or globs
 * @throws {UirError} for the first photograph that can't be used, and `usage` when nothing is detected in any
 */
export async function autoMix(photos: readonly string[], packFolder: string): Promise<Mix> {
  const { images, problems } = await findInputs(photos)
  if (problems[0] !== undefined) throw problems[0].error
  const mixes = await withSession({ device: 'auto', pack: packFolder }, async ({ pack, engine, signal }) => {
    const found: Mix[] = []
    for (const { path } of images) {
      if (signal.aborted) throw new UirError('interrupted', 'interrupted')
      const { scores } = await engine.route(await decode(await files.read(path), path))
      found.push(select(scores, pack.manifest.selection))
    }
    return found
  })
  const mix = meanMix(mixes)
  if (mix.length > 0) return mix
  throw new UirError('usage', 'nothing is detected in these photographs', 'name experts instead')
}
