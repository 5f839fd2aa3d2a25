import { env, InferenceSession } from 'onnxruntime-node'
import { type Pack, readPackFile } from '../pack/pack.ts'
import type { Weights } from '../pack/safetensors.ts'
import type { Device } from './devices.ts'

// Failures reach the caller as errors; the library's own copy of them on stderr would be a second voice.
env.logLevel = 'fatal'

/**
 * Starts a network: its graph with the weights that the graph names as external data.
 *
 * @param network the graph's file and the name that the graph gives its weights
 */
export async function createSession(
  pack: Pack,
  network: { readonly graph: string; readonly weights: string },
  { data }: Weights,
  device: Device,
): Promise<InferenceSession> {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
  return await InferenceSession.create(await readPackFile(pack, network.graph), {
    executionProviders: [device],
    // Parallel work is one worker per core: that is faster than one session on all of them.
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    // Working memory goes back after every run: a session that waits costs no more than its weights.
    enableCpuMemArena: false,
    externalData: [{ path: network.weights, data: bytes }],
    logSeverityLevel: 4,
  })
}
