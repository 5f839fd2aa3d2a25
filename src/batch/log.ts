import { extname } from 'node:path'
import { CSV_HEAD, csvLine } from './csv.ts'
import { openLines } from './lines.ts'
import type { Row } from './row.ts'

/** A file with a line for each row, written as the rows come. */
export interface Log {
  write(row: Row): Promise<void>
  close(): Promise<void>
}

/**
 * Opens a log: CSV when the name says so, else one JSON object a line.
 *
 * @param keep goes on after the rows that are there
 * @throws {UirError} `usage` when the file can't be written, now or later
 */
export async function openLog(path: string, keep: boolean): Promise<Log> {
  const isCsv = extname(path).toLowerCase() === '.csv'
  const lines = await openLines(path, { keep })
  if (isCsv && lines.isNew) await lines.append(CSV_HEAD)
  return {
    write: row => lines.append(isCsv ? csvLine(row) : JSON.stringify(row)),
    close: () => lines.close(),
  }
}
