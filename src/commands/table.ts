import type { Detection } from './detect.ts'

const WIDEST_FILE = 40

/** A table with a row for each image and a column for each degradation, for terminals. */
export function detectionTable(degradations: readonly string[], files: readonly string[]) {
  const fileWidth = Math.min(WIDEST_FILE, Math.max(4, ...files.map(file => file.length)))
  const line = (file: string, size: string, cells: readonly string[], mix: string) =>
    `${[file.padEnd(fileWidth), size.padStart(11), ...cells, mix].join('  ')}\n`
  const pad = (text: string, degradation: string) => text.padStart(Math.max(4, degradation.length))
  return {
    head: line(
      'file',
      'size',
      degradations.map(name => pad(name, name)),
      'mix',
    ),
    row({ file, width, height, scores = {}, mix = {} }: Detection): string {
      const cells = degradations.map(name => pad((scores[name] ?? 0).toFixed(2), name))
      const parts = Object.entries(mix).map(([expert, weight]) => `${expert}=${weight}`)
      return line(shorten(file), `${width}x${height}`, cells, parts.join(',') || 'none')
    },
  }
}

/** Keeps the end of a long path: it holds the name. */
function shorten(file: string): string {
  return file.length <= WIDEST_FILE ? file : `…${file.slice(1 - WIDEST_FILE)}`
}
