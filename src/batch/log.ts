import { open } from 'node:fs/promises'
import { explainWrite } from '../publish.ts'

/** A file of one JSON object a line, written as the rows come. */
export interface Log {
  write(row: object): Promise<void>
  close(): Promise<void>
}

/**
 * Starts a log afresh.
 *
 * @throws {UirError} `usage` when the file can't be written, now or later
 */
export async function openLog(path: string): Promise<Log> {
  const explain = (cause: unknown): never => {
    throw explainWrite(path, cause)
  }
  const file = await open(path, 'w').catch(explain)
  return {
    write: row => file.appendFile(`${JSON.stringify(row)}\n`).catch(explain),
    close: () => file.close(),
  }
}
