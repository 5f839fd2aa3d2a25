import { createHash } from 'node:crypto'
import { open, readdir, readFile } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { explainWrite } from '../publish.ts'
import { openLines } from './lines.ts'
import type { Row } from './row.ts'
import { fileTag, type Shard } from './shard.ts'

/** What was made of an input: SHA-256 of all that decides about the result, and of the result itself. */
export interface Entry {
  /** Content of the input. */
  readonly input: string
  /** Everything else that affects pixels, see recipe. */
  readonly recipe: string
  /** Content of the output. */
  readonly result: string
}

/** The entries of a folder of results by output, the latest of each. */
export interface Entries {
  find(output: string): Entry | undefined
}

/**
 * The memory of a folder of results: an entry for every result, made before the result takes its place. So an entry
 * says what an output has to look like, not that it is there; whoever asks compares.
 */
export interface Ledger extends Entries {
  /** @param row of the result, for when the process ends before it can hand it over */
  add(output: string, entry: Entry, row: Row): Promise<void>
}

/** A ledger on the disk, a line for each entry. */
export interface Journal extends Ledger {
  close(): Promise<void>
}

const JOURNAL = /^\.uir-journal(-\d+-of-\d+)?\.ndjson$/

/**
 * Opens the journal of a folder. Shards write one each and read them all, so that a run may be resumed in other parts.
 *
 * @param recall reads what earlier runs wrote; memory then grows with their number of results
 */
export async function openJournal(
  folder: string,
  { shard, recall }: { shard?: Shard | undefined; recall: boolean },
): Promise<Journal> {
  const entries = recall ? await readJournals(folder) : { find: () => undefined }
  const path = join(folder, `.uir-journal${fileTag(shard)}.ndjson`)
  const lines = await openLines(path, { keep: true, durable: true })
  return {
    ...entries,
    add: (output, entry) => lines.append(JSON.stringify({ output: keyOf(folder, output), ...entry })),
    close: () => lines.close(),
  }
}

/** Reads all journals of a folder, which need not exist. */
export async function readJournals(folder: string): Promise<Entries> {
  const entries = new Map<string, Entry>()
  for (const name of (await readdir(folder).catch(() => [])).filter(name => JOURNAL.test(name))) {
    const path = join(folder, name)
    const file = await open(path).catch(cause => {
      throw explainWrite(path, cause)
    })
    for await (const line of file.readLines()) {
      const { output, ...entry } = parseLine(line) ?? {}
      if (output !== undefined) entries.set(output, entry as Entry)
    }
  }
  return { find: output => entries.get(keyOf(folder, output)) }
}

/** Relative: the folder may be moved. */
function keyOf(folder: string, output: string): string {
  return relative(folder, output).replaceAll(sep, '/')
}

/** A line that a power cut tore tells nothing; its image is made again. */
function parseLine(line: string): ({ output: string } & Entry) | undefined {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

/** SHA-256 of a file's content. */
export function digest(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/** SHA-256 of a file's content; undefined when it can't be read. */
export async function digestOf(path: string): Promise<string | undefined> {
  const bytes = await readFile(path).catch(() => undefined)
  return bytes && digest(bytes)
}
