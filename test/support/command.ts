import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'

export const BIN = fileURLToPath(new URL('../../bin/uir.js', import.meta.url))

export interface RunOptions {
  cwd?: string
  /** Standard input. */
  input?: Uint8Array
  /** Added to the environment. */
  env?: Record<string, string>
  /** A program, with its arguments, that runs the command. */
  through?: readonly string[]
}

/** Runs the built command and waits for it. */
export function uir(args: readonly string[], { env, through = [], ...options }: RunOptions = {}) {
  const [program, ...rest] = [...through, process.execPath, BIN, ...args]
  const { status, stdout, stderr } = spawnSync(program!, rest, {
    ...options,
    env: { ...process.env, ...env },
    maxBuffer: 2 ** 28,
  })
  return { status, bytes: stdout, stdout: stdout.toString(), stderr: stderr.toString() }
}

/** Starts the built command and goes on. */
export function startUir(args: readonly string[]) {
  const child = spawn(process.execPath, [BIN, ...args], { stdio: ['ignore', 'ignore', 'pipe'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  let stderr = ''
  child.stderr.on('data', chunk => {
    stderr += chunk
  })
  const closed = once(child, 'close') as Promise<[code: number | null, signal: string | null]>
  return { child, closed, stderr: () => stderr }
}

/** A folder that goes when the test ends. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'uir-test-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}
