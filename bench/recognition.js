// How well the router of the built tool names degradations: a confusion matrix over folders of known degradations.
import { join } from 'node:path'
import fastGlob from 'fast-glob'
import { uir } from './measure.js'
import { mixtureOf } from './sets.js'

const NOTHING = 'none'

/**
 * @typedef {object} Recognition
 * @property {string[]} kinds the degradations of the pack
 * @property {Record<string, Record<string, number>>} counts by truth, by top score (`none`: nothing detected, for clean ones)
 * @property {number} top1 share of single degradations that have the top score
 * @property {number} mixed share of the degradations present in mixtures that are in the mix
 * @property {number} clean share of clean pictures in which nothing is detected
 */

/** Looks at DATA/KIND/SET/input, DATA/mixed/…a+b/input and DATA/clean/SET/gt. */
export async function recognise(data, pack = []) {
  const counts = {}
  const shares = { top1: [], mixed: [], clean: [] }
  let kinds = []
  for (const folder of (
    await fastGlob(['*/*/input', 'clean/*/gt'], { cwd: data, onlyDirectories: true })
  ).sort()) {
    const [truth, set] = folder.split('/')
    for (const { scores, mix } of detect(join(data, folder), pack)) {
      kinds = Object.keys(scores)
      const top = kinds.reduce((best, kind) => (scores[kind] > scores[best] ? kind : best))
      if (truth === 'mixed') shares.mixed.push(...mixtureOf(set).map(kind => kind in mix))
      else {
        const named = truth === 'clean' && Object.keys(mix).length === 0 ? NOTHING : top
        counts[truth] ??= Object.fromEntries([...kinds, NOTHING].map(kind => [kind, 0]))
        counts[truth][named]++
        if (truth === 'clean') shares.clean.push(named === NOTHING)
        else shares.top1.push(top === truth)
      }
    }
  }
  const mean = flags => flags.filter(Boolean).length / flags.length
  return { kinds, counts, ...Object.fromEntries(Object.entries(shares).map(([k, v]) => [k, mean(v)])) }
}

function detect(folder, pack) {
  return uir('detect', folder, '--json', ...pack)
    .trim()
    .split('\n')
    .map(line => JSON.parse(line))
}

const CELL = 44
const MARGIN = 96

/** The confusion matrix as a picture: a row for each truth, a column for each top score. */
export function drawConfusion({ kinds, counts }) {
  const truths = [...kinds.filter(kind => kind in counts), ...(counts.clean === undefined ? [] : ['clean'])]
  const names = [...kinds, NOTHING]
  const text = (x, y, content, rest = '') => `<text x="${x}" y="${y}" ${rest}>${content}</text>`
  const parts = []
  for (const [row, truth] of truths.entries()) {
    const total = Object.values(counts[truth]).reduce((sum, value) => sum + value, 0)
    const y = MARGIN + row * CELL
    parts.push(text(MARGIN - 8, y + CELL / 2 + 4, truth, 'text-anchor="end"'))
    for (const [column, name] of names.entries()) {
      const share = counts[truth][name] / total
      const x = MARGIN + column * CELL
      const ink = share > 0.5 ? '#fff' : '#222'
      const shade = `rgb(${[38, 99, 168].map(level => Math.round(255 - share * (255 - level))).join()})`
      parts.push(`<rect x="${x}" y="${y}" width="${CELL - 1}" height="${CELL - 1}" fill="${shade}"/>`)
      if (share > 0)
        parts.push(
          text(x + CELL / 2, y + CELL / 2 + 4, Math.round(100 * share), `text-anchor="middle" fill="${ink}"`),
        )
    }
  }
  for (const [column, name] of names.entries()) {
    const x = MARGIN + column * CELL + CELL / 2
    parts.push(text(x, MARGIN - 8, name, `transform="rotate(-40 ${x} ${MARGIN - 8})"`))
  }
  const width = MARGIN + names.length * CELL + 40
  const height = MARGIN + truths.length * CELL + 30
  const caption = text(
    MARGIN,
    height - 8,
    'rows: what is in the photograph; columns: the top score; per cent of the row',
    'fill="#222"',
  )
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="sans-serif" font-size="12"><title>Confusion matrix of the router</title><rect width="100%" height="100%" fill="#fff"/>${parts.join('')}${caption}</svg>\n`
}
