import { type Engine, openEngine } from '../engine/engine.ts'
import { openPack, type Pack } from '../pack/pack.ts'
import { interruptible } from './interrupt.ts'
import type { NetworkOptions } from './options.ts'

/** The networks of one command. */
export interface Networks {
  readonly pack: Pack
  readonly engine: Engine
}

export interface Session extends Networks {
  /** See interruptible. */
  readonly signal: AbortSignal
}

type Where = Pick<NetworkOptions, 'device' | 'jobs' | 'pack'>

/** Opens pack and engine. */
export async function openNetworks({ device, jobs, pack: dir }: Where): Promise<Networks> {
  const pack = await openPack(dir)
  return { pack, engine: await openEngine({ pack, device, jobs }) }
}

/** Opens pack and engine, lends them to `use`, and closes the engine however that ends. */
export async function withSession<T>(options: Where, use: (session: Session) => Promise<T>): Promise<T> {
  const networks = await openNetworks(options)
  return await interruptible(
    () => networks.engine.close(),
    signal => use({ ...networks, signal }),
  )
}
