import { describe, type UirError } from '../errors.ts'
import type { Mix } from '../lora/mix.ts'
import type { Score } from '../router/scores.ts'

/** What became of one image: a line of the log. */
export interface Row {
  readonly input: string
  /** `-` is standard output; absent when nothing was written. */
  readonly output?: string
  /**
   * `unchanged` is a copy, because nothing was detected; of `skipped`, a result that needs no work, the note says why;
   * `ignored` is a file with an image's name in a folder or glob that is no image.
   */
  readonly status: 'restored' | 'unchanged' | 'skipped' | 'ignored' | 'failed'
  /** Pixels. */
  readonly width?: number
  /** Pixels. */
  readonly height?: number
  /** 0 to 1 by degradation. */
  readonly scores?: Readonly<Record<string, number>>
  /** Weight by expert. */
  readonly mix?: Readonly<Record<string, number>>
  /** From reading to writing, waiting for a free worker included. */
  readonly seconds: number
  readonly note?: string
  readonly error?: string
}

/** The row of an image that failed. */
export function failedRow(input: string, error: UirError): Row {
  return { input, status: 'failed', seconds: 0, error: describe(error) }
}

/** Scores as an object, four digits. */
export function scoreFields(scores: readonly Score[]): Record<string, number> {
  return Object.fromEntries(scores.map(({ degradation, score }) => [degradation, Number(score.toFixed(4))]))
}

/** A mix as an object. */
export function mixFields(mix: Mix): Record<string, number> {
  return Object.fromEntries(mix.map(({ expert, weight }) => [expert, weight]))
}

/** Size of the image of a row; 0 when it has not been decoded. */
export function megapixelsOf({ width = 0, height = 0 }: Pick<Row, 'width' | 'height'>): number {
  return (width * height) / 1e6
}
