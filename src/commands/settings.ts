import { type Budget, createBudget } from '../batch/budget.ts'
import { shareMemory } from '../batch/memory.ts'
import { recipeOf } from '../batch/recipe.ts'
import type { RestoreSettings } from '../batch/restore.ts'
import type { Shard } from '../batch/shard.ts'
import { UirError } from '../errors.ts'
import type { Format } from '../image/format.ts'
import { degradationsOf } from '../lora/degradations.ts'
import { parseMix } from '../lora/parse.ts'
import type { Pack } from '../pack/pack.ts'
import { type NetworkOptions, selectionOf } from './options.ts'
import type { Networks } from './session.ts'

/** The options of `uir restore`. */
export interface RestoreOptions extends NetworkOptions {
  filesFrom?: string
  shard?: Shard
  output: string
  name?: string
  inPlace?: true
  /** A suffix, true for the usual one, false to lose the originals. */
  backup?: boolean | string
  expert?: string
  format?: Format
  strength: number
  quality?: number
  tile?: number
  overwrite?: true
  resume?: true
  failFast?: true
  dryRun?: true
  log?: string
  report?: string
  quiet?: true
}

/** What the options say about every image. */
export async function settingsOf(
  options: RestoreOptions,
  { pack, engine }: Networks,
): Promise<RestoreSettings & { recipe: string; overwrite: boolean; budget: Budget }> {
  const { expert, strength, format, quality, maxPixels, memory, overwrite = false } = options
  const tile = checkTile(pack, options.tile)
  const share = shareMemory(pack.manifest.restorer, { memory, tile, jobs: engine.jobs })
  const mix = expert === undefined ? undefined : parseMix(expert, pack.manifest)
  const settings = {
    engine,
    router: pack.manifest.router,
    selection: selectionOf(pack, options),
    mix,
    named: mix && (await degradationsOf(pack, mix)),
    strength,
    format,
    quality,
    maxPixels,
    tile: share.tile,
  }
  return {
    ...settings,
    recipe: await recipeOf(pack, settings),
    overwrite,
    budget: createBudget(share.images),
  }
}

function checkTile({ manifest }: Pack, tile: number | undefined): number | undefined {
  const smallest = 4 * manifest.restorer.overlap
  if (tile === undefined || tile >= smallest) return tile
  const what = `--tile ${tile} is too small for the overlap of tiles`
  throw new UirError('usage', what, `give ${smallest} or more`)
}
