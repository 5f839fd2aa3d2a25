import { open, rename, rm } from 'node:fs/promises'
import { dirname, relative, resolve } from 'node:path'
import { removeLeftovers } from '../batch/leftovers.ts'
import type { Row } from '../batch/row.ts'
import type { Selection } from '../pack/manifest.ts'
import { explainWrite, temporaryFor } from '../publish.ts'
import { renderCard } from './card.ts'
import { renderHead, TAIL } from './page.ts'
import type { Pictures } from './pictures.ts'

/** A page that shows each image before and after, written as the rows come. */
export interface Report {
  /** @param thresholds scores from which on a degradation counts */
  write(row: Row, pictures: Pictures, thresholds: Selection['thresholds']): Promise<void>
  /** Ends the page and makes it appear with the rows it has by then; without any, an earlier page stays. */
  close(): Promise<void>
}

/**
 * Starts a page. Memory doesn't grow with the rows.
 *
 * @throws {UirError} `usage` when the file can't be written, now or later
 */
export async function openReport(path: string): Promise<Report> {
  await removeLeftovers([dirname(path)])
  const temporary = temporaryFor(path)
  const explain = async (cause: unknown): Promise<never> => {
    await rm(temporary, { force: true }).catch(() => {})
    throw explainWrite(path, cause)
  }
  const file = await open(temporary, 'w').catch(explain)
  await file.appendFile(renderHead(new Date())).catch(explain)
  let rows = 0
  const link = (target: string) => relative(dirname(resolve(path)), resolve(target))
  return {
    async write(row, pictures, thresholds) {
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
