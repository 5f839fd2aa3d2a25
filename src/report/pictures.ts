import type { Ends } from '../batch/ends.ts'
import type { Row } from '../batch/row.ts'
import { type Thumbnail, thumbnail } from '../image/thumbnail.ts'

/** What there is to show of an image. */
export interface Pictures {
  readonly before?: Thumbnail | undefined
  readonly after?: Thumbnail | undefined
}

/** Takes pictures while images pass by: later a file may have been replaced. */
export interface Photographer {
  /** Ends that have pictures taken of all they read and write. */
  watch(ends: Ends): Ends
  /** Hands over the pictures of a row; what has not passed by is looked for on the disk. */
  develop(row: Row): Promise<Pictures>
}

/** @param maxPixels larger images get no picture */
export function openPictures(maxPixels: number): Photographer {
  const before = new Map<string, Promise<Thumbnail | undefined>>()
  const after = new Map<string, Promise<Thumbnail | undefined>>()
  const take = async (pictures: typeof before, name: string | undefined) => {
    if (name === undefined) return undefined
    const picture = await (pictures.get(name) ?? thumbnail(name, maxPixels))
    pictures.delete(name)
    return picture
  }
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
    develop: async row => ({ before: await take(before, row.input), after: await take(after, row.output) }),
  }
}
