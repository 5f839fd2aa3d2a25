// Which held-out photographs come out worst, and a picture of them.
import { readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import sharp from 'sharp'

const SIDE = 240
const GAP = 6
// What docs/ may show; other photographs are measured and not shown.
const SHOWABLE = /CC0|public domain|Unsplash|CC-BY(?!-SA)/

/**
 * The picture of each set that restoration serves worst, the worst sets first, of those whose licence lets us show them.
 *
 * @param {string} heldout folder that `python -m uir_training.render` wrote, with its sources.tsv
 */
export async function findWorst(rows, heldout, count) {
  const sources = await readSources(heldout)
  return rows
    .map(({ name, input, auto }) => {
      const shown = input.each
        .map(({ file, psnr }, i) => ({
          name,
          gain: auto.each[i].psnr - psnr,
          source: sources.get(basename(file, '.png')),
          files: [file, auto.each[i].file, join(file, '../../gt', basename(file))],
        }))
        .filter(({ source }) => SHOWABLE.test(source.licence))
      return shown.sort((a, b) => a.gain - b.gain)[0]
    })
    .filter(worst => worst !== undefined)
    .sort((a, b) => a.gain - b.gain)
    .slice(0, count)
}

/** Writes a row for each: degraded, restored, truth. */
export async function drawFailures(worst, file) {
  const cells = worst.flatMap(({ files }, row) =>
    files.map(async (path, column) => ({
      input: await sharp(path).resize(SIDE, SIDE).png().toBuffer(),
      left: column * (SIDE + GAP),
      top: row * (SIDE + GAP),
    })),
  )
  const [width, height] = [3, worst.length].map(n => n * (SIDE + GAP) - GAP)
  const sheet = sharp({ create: { width, height, channels: 3, background: '#fff' } })
  await sheet
    .composite(await Promise.all(cells))
    .jpeg({ quality: 85 })
    .toFile(file)
}

/** Of each picture: photograph, licence and source. None of the fields holds a tab. */
async function readSources(heldout) {
  const [, ...lines] = (await readFile(join(heldout, 'sources.tsv'), 'utf8')).trim().split('\n')
  return new Map(
    lines.map(line => {
      const [picture, photograph, licence, source] = line.split('\t')
      return [picture, { photograph, licence, source }]
    }),
  )
}
