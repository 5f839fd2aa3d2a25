import { type FileHandle, open } from 'node:fs/promises'
import { explainWrite } from '../publish.ts'

/** A text file that grows line by line. */
export interface Lines {
  /** False when earlier lines were kept. */
  readonly isNew: boolean
  append(line: string): Promise<void>
  close(): Promise<void>
}

export interface LinesOptions {
  /** Goes on after the lines that are there; the default starts afresh. */
  readonly keep?: boolean
  /** Waits until a line is on the disk: it then survives a power cut. */
  readonly durable?: boolean
}

/**
 * Opens a file for lines. A last line that a killed process left torn is closed, so that the next one stays whole.
 *
 * @throws {UirError} `usage` when the file can't be written, now or later
 */
export async function openLines(path: string, { keep, durable }: LinesOptions = {}): Promise<Lines> {
  const explain = (cause: unknown): never => {
    throw explainWrite(path, cause)
  }
  const file = await open(path, keep ? 'a+' : 'w').catch(explain)
  const { size } = await file.stat()
  if (size > 0 && !(await endsLine(file, size))) await file.appendFile('\n').catch(explain)
  return {
    isNew: size === 0,
    async append(line) {
      await file.appendFile(`${line}\n`).catch(explain)
      if (durable) await file.datasync().catch(explain)
    },
    close: () => file.close(),
  }
}

async function endsLine(file: FileHandle, size: number): Promise<boolean> {
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1)
  return buffer.toString() === '\n'
}
