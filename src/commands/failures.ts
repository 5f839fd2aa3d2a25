import type { Problem } from '../batch/inputs.ts'
import { describe, UirError } from '../errors.ts'

/** Collects what went wrong with inputs, and ends the command accordingly. */
export interface Failures {
  add(line: string): void
  /** Prints them, where more than one input was given; a single one becomes the error of the command. */
  list(): void
  /** @throws {UirError} `images` when any input failed */
  finish(): void
}

/**
 * @param total inputs of the run; when a single one fails, its error is the error of the command
 * @param print writes one line
 */
export function collectFailures(total: number, print: (line: string) => void): Failures {
  const lines: string[] = []
  return {
    add: line => void lines.push(line),
    list() {
      if (total > 1) for (const line of lines) print(`uir: ${line}`)
    },
    finish() {
      if (lines.length === 0) return
      if (total === 1) throw new UirError('image', lines[0]!)
      throw new UirError('images', `${lines.length} of ${total} inputs failed`, 'see the lines above')
    },
  }
}

/**
 * Ends a command whose arguments give no image at all; the first of them says why.
 *
 * @throws {UirError} `usage`
 */
export function requireImages(images: readonly unknown[], problems: readonly Problem[]): void {
  if (images.length > 0) return
  const reasons = problems.map(({ error }) => describe(error))
  throw new UirError('usage', reasons.join('; ') || 'the list of inputs is empty')
}
