// Measures the built command on benchmark pairs: PSNR and SSIM in RGB of the input, of auto, of the oracle expert and of
// the base alone.
//
//   npm run bench:quality -- DATA_DIR [--only WORD] [--pack DIR] [--json FILE]
//
// DATA_DIR holds DEGRADATION/SET/{input,gt}, clean/SET/gt and inpaint_masks/KIND. Nothing of it is ever trained on.
import { spawnSync } from 'node:child_process'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, parse } from 'node:path'
import { parseArgs } from 'node:util'
import { pixels, psnr, ssim } from './metrics.js'
import { pairedSets, syntheticSets } from './sets.js'

const UIR = new URL('../bin/uir.js', import.meta.url).pathname

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { only: { type: 'string', default: '' }, pack: { type: 'string' }, json: { type: 'string' } },
})
const [data] = positionals
if (data === undefined) {
  console.error('usage: npm run bench:quality -- DATA_DIR [--only WORD] [--pack DIR] [--json FILE]')
  process.exit(2)
}

/** Runs `uir restore` on a folder; pictures that nothing was detected in come back unchanged. */
function restore(input, output, expert) {
  const args = ['restore', input, '-o', output, '--format', 'png', '--quiet']
  if (expert !== undefined) args.push('--expert', expert)
  if (options.pack !== undefined) args.push('--pack', options.pack)
  const { status, stderr } = spawnSync(process.execPath, [UIR, ...args], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`uir ${args.join(' ')} ended with ${status}: ${stderr}`)
}

/** Mean PSNR and SSIM of the pictures in a folder against the truths of the same names. */
async function compare(folder, truth) {
  const truths = new Map((await readdir(truth)).map(file => [parse(file).name, join(truth, file)]))
  const found = { psnr: 0, ssim: 0 }
  const files = (await readdir(folder)).filter(file => truths.has(parse(file).name))
  for (const file of files) {
    const [a, b] = await Promise.all([pixels(join(folder, file)), pixels(truths.get(parse(file).name))])
    found.psnr += psnr(a, b) / files.length
    found.ssim += ssim(a, b) / files.length
  }
  return { n: files.length, ...found }
}

function show({ psnr: decibels, ssim: similarity }) {
  return `${decibels.toFixed(2)} / ${similarity.toFixed(4)}`
}

const work = await mkdtemp(join(tmpdir(), 'uir-bench-'))
try {
  const sets = [...(await pairedSets(data)), ...(await syntheticSets(data, work))]
  const rows = []
  console.log('| set | n | input | auto | gain | oracle | base only |\n|---|---|---|---|---|---|---|')
  for (const [i, { name, expert: oracle, input, truth }] of sets.entries()) {
    if (!name.includes(options.only)) continue
    const row = { name, input: await compare(input, truth) }
    for (const [mode, expert] of [
      ['auto', undefined],
      ['oracle', oracle],
      ['base', 'none'],
    ]) {
      if (expert === '') continue
      const output = join(work, mode, String(i))
      restore(input, output, expert)
      row[mode] = await compare(output, truth)
    }
    rows.push(row)
    const gain = (row.auto.psnr - row.input.psnr).toFixed(2)
    const cells = [row.input, row.auto].map(show)
    const rest = [row.oracle, row.base].map(result => (result === undefined ? '-' : show(result)))
    console.log(`| ${name} | ${row.input.n} | ${cells.join(' | ')} | ${gain} | ${rest.join(' | ')} |`)
  }
  if (options.json !== undefined) await writeFile(options.json, `${JSON.stringify(rows, null, 2)}\n`)
} finally {
  await rm(work, { recursive: true, force: true })
}
