import { type InferenceSession, Tensor } from 'onnxruntime-node'
import { type Pack, readPackWeights } from '../pack/pack.ts'
import type { Views } from '../router/views.ts'
import type { Device } from './devices.ts'
import { createSession } from './session.ts'
import type { RouteResult } from './tasks.ts'

/** Starts the router network of a pack. */
export async function loadRouter(pack: Pack, device: Device): Promise<InferenceSession> {
  const { router } = pack.manifest
  return await createSession(pack, router, await readPackWeights(pack, router.weights), device)
}

/** Looks at the views of one image. */
export async function route(session: InferenceSession, { global, local, side }: Views): Promise<RouteResult> {
  const crops = local.length / (3 * side * side)
  const { embedding, prior } = await session.run({
    global: new Tensor('float32', global, [1, 3, side, side]),
    local: new Tensor('float32', local, [crops, 3, side, side]),
  })
  return { embedding: embedding!.data as Float32Array, prior: prior!.data as Float32Array }
}
