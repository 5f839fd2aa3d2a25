import { env } from 'onnxruntime-node'

/** The version of ONNX Runtime. */
export const runtimeVersion: string = env.versions.node ?? env.versions.common
