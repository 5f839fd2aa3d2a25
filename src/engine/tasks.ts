import type { Mix } from '../lora/mix.ts'
import type { Pack } from '../pack/pack.ts'
import type { Views } from '../router/views.ts'
import type { Device } from './devices.ts'
import type { Frame, Pixels } from './pixels.ts'

/** What every worker is born with. */
export interface WorkerSetup {
  readonly pack: Pack
  readonly device: Device
}

export type RouteTask = Views

/** What the router network says about an image. */
export interface RouteResult {
  /** d, [D] */
  readonly embedding: Float32Array
  /** e, [P] */
  readonly prior: Float32Array
}

export interface TileTask {
  readonly tile: Pixels
  readonly frame: Frame
  readonly mix: Mix
  readonly prior: Float32Array
}

/** Planar RGB, [3, height, width] of the frame, 0..1, not clamped. */
export type TileResult = Float32Array
