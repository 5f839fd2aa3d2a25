// Writes docs/QUALITY.md: every benchmark set in every mode, soft against one-hot weights, the router's confusion matrix,
// and which photographs come out worst.
//
//   npm run bench:report -- BENCH_DIR HELDOUT_DIR
//
// BENCH_DIR as for bench:quality. HELDOUT_DIR is what `python -m uir_training.render HELDOUT_DIR` wrote: held-out
// photographs with known degradations.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { drawFailures, findWorst } from './failures.js'
import { goalTable } from './goals.js'
import { cell, HEADER, measureSet, tableRow } from './measure.js'
import { drawConfusion, recognise } from './recognition.js'
import { pairedSets, syntheticSets } from './sets.js'

const DOCS = new URL('../docs/', import.meta.url).pathname
const WORST = 8

const [bench, heldout] = process.argv.slice(2)
if (heldout === undefined) {
  console.error('usage: npm run bench:report -- BENCH_DIR HELDOUT_DIR')
  process.exit(2)
}

const work = await mkdtemp(join(tmpdir(), 'uir-report-'))
try {
  const measured = await measureAll(
    [...(await pairedSets(bench)), ...(await syntheticSets(bench, work))],
    'bench',
  )
  const known = await measureAll(await pairedSets(heldout), 'heldout')
  const recognition = await recognise(heldout)
  await mkdir(join(DOCS, 'quality'), { recursive: true })
  await writeFile(join(DOCS, 'quality/confusion.svg'), drawConfusion(recognition))
  const worst = await findWorst(known, heldout, WORST)
  await drawFailures(worst, join(DOCS, 'quality/failures.jpg'))
  await writeFile(join(DOCS, 'QUALITY.md'), page({ measured, known, recognition, worst }))
} finally {
  await rm(work, { recursive: true, force: true })
}

async function measureAll(sets, folder) {
  const rows = []
  for (const [i, set] of sets.entries()) {
    rows.push(await measureSet(set, join(work, folder, String(i))))
    console.error(tableRow(rows.at(-1)))
  }
  return rows
}

function page({ measured, known, recognition, worst }) {
  const percent = share => `${(100 * share).toFixed(1)} %`
  const mean = values => values.reduce((sum, value) => sum + value, 0) / values.length
  const single = rows => rows.filter(({ oracle, onehot }) => oracle !== undefined && onehot === undefined)
  const gap = rows => mean(single(rows).map(({ auto, oracle }) => oracle.psnr - auto.psnr)).toFixed(2)
  const mixtures = [...measured, ...known].filter(({ onehot }) => onehot !== undefined)
  const better = mean(mixtures.map(({ auto, onehot }) => auto.psnr - onehot.psnr)).toFixed(2)
  return `# Quality

Written by \`npm run bench:report -- BENCH_DIR HELDOUT_DIR\` from the built command and the shipped pack, on
${cpus().length} x ${cpus()[0].model.trim()}, ${new Date().toISOString().slice(0, 10)}. PSNR in dB / SSIM, RGB, means over n pictures. **auto** is what
\`uir restore\` does by itself, **oracle** is told the degradation, **base only** runs without experts (\`--expert none\`).

## Benchmark pairs

Nothing was trained or tuned on them. Means over a handful of pairs can't be compared with published means over whole sets.

${[HEADER, ...measured.map(tableRow)].join('\n')}

### Goals

PSNR in dB, means over all pictures of the sets named.

${goalTable(measured)}

On sets of one degradation the oracle is ${gap(measured)} dB above auto in the mean.

## Held-out photographs, degraded by our own recipes

${[HEADER, ...known.map(tableRow)].join('\n')}

Here the oracle is ${gap(known)} dB above auto in the mean.

## Mixtures: soft weights against one expert

| set | input | soft weights | one expert (\`--top-k 1\`) | oracle |
|---|---|---|---|---|
${mixtures.map(({ name, ...row }) => `| ${name} | ${['input', 'auto', 'onehot', 'oracle'].map(mode => cell(row[mode])).join(' | ')} |`).join('\n')}

Soft weights are ${better} dB above one expert in the mean.

## The router

![Confusion matrix](quality/confusion.svg)

On held-out photographs the top score names the right degradation in ${percent(recognition.top1)}; of the degradations in mixtures
${percent(recognition.mixed)} are in the mix; ${percent(recognition.clean)} of clean photographs are left alone.

## Where it fails

The worst picture of each of the ${worst.length} worst held-out sets, of those that may be shown: degraded, restored, truth. A gain
is that of PSNR, which is 100 dB for equal pictures.

![Failures](quality/failures.jpg)

${worst.map(({ name, gain, source }, row) => `${row + 1}. ${name}: ${gain.toFixed(2)} dB. Photograph: ${source.source}, ${source.licence}`).join('\n')}
`
}
