import type { ChildProcess } from 'node:child_process'
import { packFailure, unpack } from '../failure.ts'

/** What one process does for the other. */
type Methods<M> = { [N in keyof M]: (...args: never[]) => Promise<unknown> }

/** Calls a method of the other process. One that has ended never answers. */
export type Call<M extends Methods<M>> = <N extends keyof M & string>(
  name: N,
  ...args: Parameters<M[N]>
) => ReturnType<M[N]>

interface Request {
  readonly id: number
  readonly name: string
  readonly args: readonly unknown[]
}

interface Answer {
  readonly id: number
  readonly result?: unknown
  /** An error that is none of ours: all of it that can travel. */
  readonly defect?: { readonly message: string; readonly stack?: string | undefined }
}

/** Lets a process and its child call each other's methods over the channel of `fork`. */
export function openCalls<Theirs extends Methods<Theirs>, Ours extends Methods<Ours>>(
  end: ChildProcess | NodeJS.Process,
  ours: Ours,
): Call<Theirs> {
  const waiting = new Map<number, (answer: Answer) => void>()
  let calls = 0
  // Where the other process is gone, nobody misses the message.
  const send = (message: Request | Answer) => void end.send?.(message, undefined, undefined, () => {})

  async function answer({ id, name, args }: Request): Promise<void> {
    try {
      send({ id, result: await ours[name as keyof Ours](...(args as never[])).catch(packFailure) })
    } catch (error) {
      const { message, stack } = error as Error
      send({ id, defect: { message, stack } })
    }
  }

  end.on('message', (message: Request | Answer) => {
    if ('name' in message) return void answer(message)
    waiting.get(message.id)?.(message)
    waiting.delete(message.id)
  })

  return (name, ...args) => {
    const result = new Promise((resolve, reject) => {
      waiting.set(++calls, ({ result, defect }) => {
        if (defect !== undefined) return reject(Object.assign(new Error(), defect))
        try {
          resolve(result && unpack(result))
        } catch (failure) {
          reject(failure)
        }
      })
    })
    send({ id: calls, name, args })
    return result as ReturnType<Theirs[typeof name]>
  }
}
