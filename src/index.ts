export { checkDevices, type Device, type DeviceCheck } from './engine/devices.ts'
export {
  type Engine,
  type EngineOptions,
  openEngine,
  type RestoreOptions,
  type Route,
} from './engine/engine.ts'
export { type ErrorCode, EXIT, UirError } from './errors.ts'
export { decode } from './image/decode.ts'
export { type EncodeOptions, encode } from './image/encode.ts'
export type { Format } from './image/format.ts'
export type { Image } from './image/image.ts'
export { type Mix, type MixPart, mixKey } from './lora/mix.ts'
export { parseMix } from './lora/parse.ts'
export { DEFAULT_PACK } from './pack/default.ts'
export type { Manifest, Selection } from './pack/manifest.ts'
export type { Norm } from './pack/norm.ts'
export { openPack, type Pack } from './pack/pack.ts'
export type { Score } from './router/scores.ts'
export { select } from './router/selection.ts'
