import type { Row } from './row.ts'

/** Columns of a log as CSV: the fields of a row, in this order. */
const COLUMNS = [
  'input',
  'output',
  'status',
  'width',
  'height',
  'seconds',
  'mix',
  'scores',
  'note',
  'error',
] as const satisfies (keyof Row)[]

/** The first line of a log as CSV. */
export const CSV_HEAD = COLUMNS.join(',')

/** A row as RFC 4180 has it; mix and scores as `rain=0.7 noise=0.3`. */
export function csvLine(row: Row): string {
  return COLUMNS.map(column => quote(row[column])).join(',')
}

function quote(value: Row[keyof Row] = ''): string {
  const text =
    typeof value === 'object'
      ? Object.entries(value)
          .map(pair => pair.join('='))
          .join(' ')
      : String(value)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
