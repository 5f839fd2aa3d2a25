// The child process of `checkDevices`: reports each device as soon as it is known, for a driver may end the process.
import { env, InferenceSession } from 'onnxruntime-node'
import { DEVICES, type DeviceCheck } from './devices.ts'

/** A graph of one Relu. */
const GRAPH = Buffer.from(
  'CAgSADozCgwKAXgSAXkiBFJlbHUSAWdaDwoBeBIKCggIARIECgIIAWIPCgF5EgoKCAgBEgQKAggBQgQKABAR',
  'base64',
)

env.logLevel = 'fatal'

for (const device of [...DEVICES].reverse()) {
  const check: DeviceCheck = await InferenceSession.create(GRAPH, { executionProviders: [device] }).then(
    async session => {
      await session.release()
      return { device }
    },
    (error: Error) => ({ device, problem: shorten(error.message) }),
  )
  process.send?.(check)
}
process.disconnect?.()

/** Keeps the reason, without the source file and function that ONNX Runtime puts before it. */
function shorten(message: string): string {
  return message
    .split('\n', 1)[0]!
    .replace(/^.* was false\. /, '')
    .slice(0, 160)
}
