// The worker threads of the engine. ONNX Runtime blocks the thread that runs a network, so none runs on the main one.
import { move, workerData } from 'piscina'
import { type Failure, packFailure } from '../failure.ts'
import { loadRestorer } from './restorer.ts'
import { loadRouter, route as runRouter } from './router.ts'
import type { RouteResult, RouteTask, TileResult, TileTask, WorkerSetup } from './tasks.ts'

const { pack, device } = workerData as WorkerSetup

// Every image begins with the router; the base is read while the image is still being decoded.
const router = loadRouter(pack, device)
const restorer = router.then(() => loadRestorer(pack, device))
// Whoever needs them hears why they failed.
router.catch(() => {})
restorer.catch(() => {})

/** Runs the router on the views of an image. */
export async function route(views: RouteTask): Promise<RouteResult | Failure> {
  try {
    return await runRouter(await router, views)
  } catch (error) {
    return packFailure(error)
  }
}

/** Restores one tile. */
export async function tile(task: TileTask): Promise<TileResult | Failure> {
  try {
    return move(await (await restorer).restoreTile(task)) as TileResult
  } catch (error) {
    return packFailure(error)
  }
}

/** Frees the device: some drivers crash when a process ends with live sessions. */
export async function release(): Promise<void> {
  await (await router).release()
  await (await restorer).release()
}
