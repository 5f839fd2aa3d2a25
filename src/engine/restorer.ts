import { type InferenceSession, Tensor } from 'onnxruntime-node'
import { mixWeights } from '../lora/experts.ts'
import { type Mix, mixKey } from '../lora/mix.ts'
import { type Pack, readPackWeights } from '../pack/pack.ts'
import type { Weights } from '../pack/safetensors.ts'
import type { Device } from './devices.ts'
import { frameSamples } from './pixels.ts'
import { createSession } from './session.ts'
import type { TileResult, TileTask } from './tasks.ts'

/** Networks that are kept ready; each holds its weights and working memory. */
const KEPT = 3

/** Restores tiles with the network of their mix. */
export interface Restorer {
  restoreTile(task: TileTask): Promise<TileResult>
  release(): Promise<void>
}

/** Loads the base; networks are merged and started when a tile first asks for their mix. */
export async function loadRestorer(pack: Pack, device: Device): Promise<Restorer> {
  const { restorer } = pack.manifest
  const base = await readPackWeights(pack, restorer.weights)
  const sessions = new Map<string, InferenceSession>()

  return {
    async restoreTile({ tile, frame, mix, prior }) {
      const session = await sessionOf(mix)
      const data = frameSamples(tile, frame)
      const { restored } = await session.run({
        image: new Tensor('float32', data, [1, 3, frame.height, frame.width]),
        prior: new Tensor('float32', prior, [1, prior.length]),
      })
      return requireNumbers(restored!.data as Float32Array)
    },
    async release() {
      for (const session of sessions.values()) await session.release()
      sessions.clear()
    },
  }

  /** The mix used last moves to the end; the one at the front has waited longest and goes first. */
  async function sessionOf(mix: Mix): Promise<InferenceSession> {
    const key = mixKey(mix)
    const session = sessions.get(key) ?? (await start(mix))
    sessions.delete(key)
    sessions.set(key, session)
    return session
  }

  async function start(mix: Mix): Promise<InferenceSession> {
    const [oldest] = sessions.keys()
    if (oldest !== undefined && sessions.size === KEPT) {
      await sessions.get(oldest)!.release()
      sessions.delete(oldest)
    }
    const weights: Weights = await mixWeights(pack, base, mix)
    return await createSession(pack, restorer, weights, device)
  }
}

/** Drivers and half precision have been seen to give black images: NaN must not be written as a picture. */
function requireNumbers(values: Float32Array): Float32Array {
  let sum = 0
  for (let i = 0; i < values.length; i++) sum += values[i]! // three times as fast as for…of
  if (Number.isFinite(sum)) return values
  throw new Error('the network gave values that are no numbers')
}
