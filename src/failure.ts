import { type ErrorCode, UirError } from './errors.ts'

/** An error on its way to another thread or process: only plain fields survive the passage. */
export interface Failure {
  readonly failure: { readonly code: ErrorCode; readonly message: string; readonly fix?: string | undefined }
}

/** Packs an error of ours; a defect is thrown on. */
export function packFailure(error: unknown): Failure {
  if (!(error instanceof UirError)) throw error
  return { failure: { code: error.code, message: error.message, fix: error.fix } }
}

/** Throws what `packFailure` packed. */
export function unpack<T extends object>(result: T | Failure): T {
  if (!('failure' in result)) return result
  const { code, message, fix } = result.failure
  throw new UirError(code, message, fix)
}
