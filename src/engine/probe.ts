// The child process of `checkDevices`: reports each device as soon as it is known, for a driver may end the process.
import { env, InferenceSession, Tensor } from 'onnxruntime-node'
import { DEVICES, type Device, type DeviceCheck } from './devices.ts'

/** A graph of one 3 x 3 convolution, 64 to 64 channels at 64 x 64: enough to tell a GPU from a renderer in software. */
const GRAPH = Buffer.from(
  'CAg6fgoiCgF4CgF3EgF5IgRDb252KhEKBHBhZHNAAUABQAFAAaABBxIBZ1obCgF4EhYKFAgBEhAKAggBCgIIQAoCCEAKAghAWhsKAXcSFgoUCAES' +
    'EAoCCEAKAghACgIIAwoCCANiGwoBeRIWChQIARIQCgIIAQoCCEAKAghACgIIQEIECgAQEQ==',
  'base64',
)

env.logLevel = 'fatal'

for (const device of [...DEVICES].reverse()) {
  const check: DeviceCheck = await time(device).then(
    seconds => ({ device, seconds }),
    (error: Error) => ({ device, problem: shorten(error.message) }),
  )
  process.send?.(check)
}
process.disconnect?.()

/** Seconds of the second run: the first compiles. */
async function time(device: Device): Promise<number> {
  const options = { executionProviders: [device], intraOpNumThreads: 1, interOpNumThreads: 1 }
  const session = await InferenceSession.create(GRAPH, options)
  const feeds = {
    x: new Tensor('float32', new Float32Array(64 ** 3), [1, 64, 64, 64]),
    w: new Tensor('float32', new Float32Array(64 * 64 * 9), [64, 64, 3, 3]),
  }
  await session.run(feeds)
  const start = performance.now()
  await session.run(feeds)
  const seconds = (performance.now() - start) / 1000
  await session.release()
  return seconds
}

/** Keeps the reason, without the source file and function that ONNX Runtime puts before it. */
function shorten(message: string): string {
  return message
    .split('\n', 1)[0]!
    .replace(/^.* was false\. /, '')
    .slice(0, 160)
}
