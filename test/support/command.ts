import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'

export const BIN = fileURLToPath(new URL('../../bin/uir.js', import.meta.url))

/** Runs the built command and waits for it. */
export function uir(args: readonly string[], options: { cwd?: string; input?: Uint8Array } = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [BIN, ...args], {
    ...options,
    maxBuffer: 2 ** 28,
  })
  return { status, bytes: stdout, stdout: stdout.toString(), stderr: stderr.toString() }
}

/** A folder that goes when the test ends. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'uir-test-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}
