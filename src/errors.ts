/** What went wrong, in the words of the exit table. */
export type ErrorCode = 'internal' | 'usage' | 'images' | 'image' | 'pack' | 'device' | 'interrupted'

/** Exit code of the process for each kind of error; 0 means that everything asked for was done. */
export const EXIT: Readonly<Record<ErrorCode, number>> = {
  internal: 1,
  usage: 2,
  images: 3,
  image: 3,
  pack: 4,
  device: 5,
  interrupted: 130,
}

/**
 * An error that the user can act on: `message` names the file or option, `fix` says what to do.
 * Everything else that is thrown counts as a defect of this program (code `internal`).
 */
export class UirError extends Error {
  override readonly name = 'UirError'

  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly fix?: string,
    options?: ErrorOptions,
  ) {
    super(message, options)
  }
}

/** One line for the terminal or a log: the message, then the fix. */
export function describe(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error)
  const line = text.split('\n', 1)[0]!.trim()
  return error instanceof UirError && error.fix !== undefined ? `${line}; ${error.fix}` : line
}
