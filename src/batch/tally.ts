import { megapixelsOf, type Row } from './row.ts'

/** What a run has done so far. */
export interface Tally {
  add(row: Row): void
  readonly counts: Readonly<Record<Row['status'], number>>
  /** The lines at the end of a run. */
  text(folder: string): string
}

/** Counts rows; the clock starts now. */
export function startTally(): Tally {
  const start = performance.now()
  const counts = { restored: 0, unchanged: 0, skipped: 0, ignored: 0, failed: 0 }
  const skips = new Map<string, number>()
  const experts = new Map<string, number>()
  let megapixels = 0
  return {
    counts,
    add(row) {
      counts[row.status]++
      megapixels += megapixelsOf(row)
      if (row.status === 'skipped') increment(skips, row.note ?? '')
      for (const expert of Object.keys(row.mix ?? {})) increment(experts, expert)
    },
    text(folder) {
      const { restored, unchanged, ignored, failed } = counts
      const notes = [
        `${restored} restored`,
        unchanged > 0 && `${unchanged} copied unchanged (nothing detected)`,
        ...[...skips].map(([note, count]) => `${count} skipped (${note}${hintOf(note)})`),
        ignored > 0 && `${ignored} ignored (no image)`,
        failed > 0 && `${failed} failed`,
      ]
      const seconds = (performance.now() - start) / 1000
      const speed = `${seconds.toFixed(1)} s, ${(megapixels / seconds).toFixed(2)} megapixels a second`
      const used = [...experts].sort((a, b) => b[1] - a[1]).map(([name, count]) => `${name} ${count}`)
      const rate = megapixels > 0 && [speed, used.length > 0 && `experts: ${used.join(', ')}`]
      return `${notes.filter(Boolean).join(', ')}, in ${folder}\n${rate ? `${rate.filter(Boolean).join('; ')}\n` : ''}`
    },
  }
}

function hintOf(note: string): string {
  return note === 'already there' ? '; --overwrite replaces them' : ''
}

function increment(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1)
}
