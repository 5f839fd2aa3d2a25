import { open, rename, rm } from 'node:fs/promises'
import { dirname, relative, resolve } from 'node:path'
import type { Ends } from '../batch/ends.ts'
import { removeLeftovers } from '../batch/leftovers.ts'
import type { Row } from '../batch/row.ts'
import { type Thumbnail, thumbnail } from '../image/thumbnail.ts'
import type { Selection } from '../pack/manifest.ts'
import { explainWrite, temporaryFor } from '../publish.ts'
import { renderCard } from './card.ts'
import { renderHead, TAIL } from './page.ts'

/** A page that shows each image before and after, written as the rows come. */
export interface Report {
  /** Ends that also take the pictures of what they read and write: later a file may have been replaced. */
  watch(ends: Ends): Ends
  /** @param thresholds scores from which on a degradation counts */
  write(row: Row, thresholds: Selection['thresholds']): Promise<void>
  /** Ends the page and makes it appear with the rows it has by then; without any, an earlier page stays. */
  close(): Promise<void>
}

/**
 * Starts a page. Memory doesn't grow with the rows.
 *
 * @param maxPixels larger images get no picture
 * @throws {UirError} `usage` when the file can't be written, now or later
 */
export async function openReport(path: string, maxPixels: number): Promise<Report> {
  await removeLeftovers([dirname(path)])
  const temporary = temporaryFor(path)
  const explain = async (cause: unknown): Promise<never> => {
    await rm(temporary, { force: true }).catch(() => {})
    throw explainWrite(path, cause)
  }
  const file = await open(temporary, 'w').catch(explain)
  await file.appendFile(renderHead(new Date())).catch(explain)
  let rows = 0
  const before = new Map<string, Promise<Thumbnail | undefined>>()
  const after = new Map<string, Promise<Thumbnail | undefined>>()
  /** What was seen on the way, or else lies on the disk, as for a result of an earlier run. */
  const take = async (pictures: typeof before, name: string | undefined) => {
    if (name === undefined) return undefined
    const picture = await (pictures.get(name) ?? thumbnail(name, maxPixels))
    pictures.delete(name)
    return picture
  }
  const link = (target: string) => relative(dirname(resolve(path)), resolve(target))
  return {
    watch: ends => ({
      ...ends,
      async read(name) {
        const bytes = await ends.read(name)
        before.set(name, thumbnail(bytes, maxPixels))
        return bytes
      },
      async write(step, bytes) {
        after.set(step.output, thumbnail(bytes, maxPixels))
        await ends.write(step, bytes)
      },
    }),
    async write(row, thresholds) {
      const pictures = {
        before: await take(before, row.input),
        after: await take(after, row.output),
      }
      const card = renderCard(row, pictures, thresholds, link(row.output ?? row.input))
      await file.appendFile(card).catch(explain)
      rows++
    },
    async close() {
      try {
        await file.appendFile(TAIL)
        await file.close()
        await (rows > 0 ? rename(temporary, path) : rm(temporary))
      } catch (cause) {
        await explain(cause)
      }
    },
  }
}
