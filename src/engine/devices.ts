import { fork } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { UirError } from '../errors.ts'

/** Where networks can run, the fastest first; each is an execution provider of ONNX Runtime. */
export const DEVICES = ['cuda', 'webgpu', 'cpu'] as const

export type Device = (typeof DEVICES)[number]

/** Whether a device really starts. */
export interface DeviceCheck {
  readonly device: Device
  /** What one convolution takes; on the CPU with one thread. */
  readonly seconds?: number
  /** ONNX Runtime's reason when the device doesn't start. */
  readonly problem?: string
}

/**
 * Starts a network of one operation on every device. Drivers print and crash as they like, so a child process does it.
 */
export async function checkDevices(): Promise<DeviceCheck[]> {
  const child = fork(fileURLToPath(new URL('./probe.js', import.meta.url)), {
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  })
  const checks = new Map<Device, DeviceCheck>()
  child.on('message', message => {
    const check = message as DeviceCheck
    checks.set(check.device, check)
  })
  await once(child, 'close')
  return DEVICES.map(device => checks.get(device) ?? { device, problem: 'its driver ended the test' })
}

/**
 * Settles on a device: for `auto` the first that starts and is worth it.
 *
 * @throws {UirError} `device` when the one that was asked for doesn't start
 */
export async function pickDevice(wanted: Device | 'auto'): Promise<Device> {
  if (wanted === 'cpu' || (wanted === 'auto' && lacksGpu())) return 'cpu'
  const checks = await checkDevices()
  if (wanted === 'auto') return fastest(checks)
  const problem = checks.find(({ device }) => device === wanted)?.problem
  if (problem === undefined) return wanted
  const fix = 'use --device cpu; uir doctor lists the devices that start'
  throw new UirError('device', `device ${wanted} does not start: ${problem}`, fix)
}

/** Linux has a node for every GPU: where there is none, it would take a process to find out the same. */
function lacksGpu(): boolean {
  return process.platform === 'linux' && !['/dev/dri', '/dev/nvidiactl', '/dev/dxg'].some(existsSync)
}

/** WebGPU also runs on renderers in software: a GPU must beat one thread of the CPU. */
function fastest(checks: readonly DeviceCheck[]): Device {
  const limit = checks.find(({ device }) => device === 'cpu')?.seconds ?? 0
  return checks.find(({ seconds }) => seconds !== undefined && seconds < limit)?.device ?? 'cpu'
}
