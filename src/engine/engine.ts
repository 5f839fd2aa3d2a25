import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import pLimit from 'p-limit'
import { Piscina } from 'piscina'
import { runAhead } from '../ahead.ts'
import { type Failure, unpack } from '../failure.ts'
import type { Image } from '../image/image.ts'
import type { Mix } from '../lora/mix.ts'
import type { Pack } from '../pack/pack.ts'
import { loadBank } from '../router/bank.ts'
import { type Score, scoreEmbedding } from '../router/scores.ts'
import { takeViews } from '../router/views.ts'
import { blendTiles } from './blend.ts'
import { type Device, pickDevice } from './devices.ts'
import { halving } from './memory.ts'
import { cropTile, frameTile, writeRows } from './pixels.ts'
import type { RouteResult, TileResult, TileTask, WorkerSetup } from './tasks.ts'
import { cutGrid, tilesOf } from './tiles.ts'

export interface EngineOptions {
  readonly pack: Pack
  readonly device?: Device | 'auto'
  /** Worker threads; the default is one per core. A GPU has one. */
  readonly jobs?: number | undefined
}

/** What the router found in an image. */
export interface Route extends RouteResult {
  /** One per degradation, in the order of the pack. */
  readonly scores: readonly Score[]
}

export interface RestoreOptions {
  /** 0 keeps the original, 1 (default) takes the restored image. */
  readonly strength?: number
  /** Side of a tile in pixels, the pack's by default; halved when memory runs out. */
  readonly tile?: number | undefined
}

/** The networks of a pack on a device. Images may be given side by side; work is shared out tile by tile. */
export interface Engine {
  readonly device: Device
  /** Worker threads. */
  readonly jobs: number
  route(image: Image): Promise<Route>
  /**
   * Restores in place: a large image leaves no room for a copy.
   *
   * @param prior of this image, from its route or told: the base is conditioned on it
   * @returns the same image; when this fails, some of it has been restored already
   */
  restore(image: Image, mix: Mix, prior: Float32Array, options?: RestoreOptions): Promise<Image>
  /** Ends the worker threads; work that has not started fails. */
  close(): Promise<void>
}

/**
 * Starts the worker threads of a pack. Networks start when they are first needed.
 *
 * @throws {UirError} `device` when the device doesn't start, `pack` when the bank doesn't fit
 */
export async function openEngine({
  pack,
  device: wanted = 'auto',
  jobs: asked,
}: EngineOptions): Promise<Engine> {
  const [device, bank] = await Promise.all([pickDevice(wanted), loadBank(pack)])
  // Two sessions on one GPU gain nothing, and WebGPU crashes when they run at once.
  const jobs = device === 'cpu' ? (asked ?? availableParallelism()) : 1
  const setup: WorkerSetup = { pack, device }
  const pool = new Piscina({
    filename: fileURLToPath(new URL('./worker.js', import.meta.url)),
    maxThreads: jobs,
    // All start at once: the second would else wait for work that the first can't take.
    minThreads: jobs,
    // A thread that has started holds networks: it stays.
    idleTimeout: Number.POSITIVE_INFINITY,
    workerData: setup,
  })

  const limit = pLimit({ concurrency: jobs, rejectOnClear: true })
  const running = new Set<Promise<unknown>>()
  let closed: Promise<void> | undefined

  async function run<T extends object>(
    name: string,
    task: unknown,
    transferList: ArrayBuffer[] = [],
  ): Promise<T> {
    if (closed !== undefined) throw new Error('the engine is closed')
    return await limit(async () => {
      const result: Promise<T | Failure> = pool.run(task, { name, transferList })
      running.add(result)
      return unpack(await result.finally(() => running.delete(result)))
    })
  }

  // ONNX Runtime ends the process when its thread goes while a network runs, so running work is waited for.
  async function close(): Promise<void> {
    limit.clearQueue()
    await Promise.allSettled(running)
    if (device !== 'cpu') await pool.run(undefined, { name: 'release' })
    await pool.destroy()
  }

  return {
    device,
    jobs,
    async route(image) {
      const result = await run<RouteResult>('route', await takeViews(image, pack.manifest.router))
      return { ...result, scores: scoreEmbedding(result.embedding, bank) }
    },
    async restore(image, mix, prior, { strength = 1, tile: side = pack.manifest.restorer.tile } = {}) {
      const cut = { ...pack.manifest.restorer, tile: side }
      const grid = cutGrid(image.width, image.height, cut)
      const restoreTile = halving(cut, async tile => {
        const frame = frameTile(image, tile, cut.multiple)
        const task: TileTask = { tile: cropTile(image, tile), frame, mix, prior }
        return { data: await run<TileResult>('tile', task, [task.tile.samples.buffer as ArrayBuffer]), frame }
      })
      // Twice as many as there are workers: none waits while this thread blends.
      const tiles = runAhead(tilesOf(grid), 2 * jobs, restoreTile)
      // Rows are written once no later tile needs what they were.
      await blendTiles(grid, image.width, tiles, (rows, top) => writeRows(image, rows, top, strength))
      return image
    },
    close() {
      closed ??= close()
      return closed
    },
  }
}
