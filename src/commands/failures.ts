import { describe, UirError } from '../errors.ts'

/** Collects what went wrong with inputs, and ends the command accordingly. */
export interface Failures {
  add(line: string): void
  /** @throws {UirError} `images` when any input failed */
  finish(): void
}

/**
 * @param total inputs of the run; when a single one fails, its error is the error of the command
 * @param print writes one line
 */
export function collectFailures(total: number, print: (line: string) => void): Failures {
  const lines: string[] = []
  let failed = 0
  return {
    add(line) {
      failed++
      if (total > 1) print(`uir: ${line}`)
      else lines.push(line)
    },
    finish() {
      if (failed === 0) return
      if (total === 1) throw new UirError('image', lines[0]!)
      throw new UirError('images', `${failed} of ${total} inputs failed`, 'see the lines above')
    },
  }
}

/**
 * Ends a command whose arguments give no image at all; the first of them says why.
 *
 * @throws {UirError} `usage`
 */
export function requireImages(images: readonly unknown[], problems: readonly UirError[]): void {
  if (images.length > 0) return
  throw new UirError('usage', problems.map(describe).join('; '))
}
