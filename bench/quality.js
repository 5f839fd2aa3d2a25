// Measures the built command on benchmark pairs: PSNR and SSIM in RGB of the input, of auto, of the oracle expert and of
// the base alone.
//
//   npm run bench:quality -- DATA_DIR [--only WORD] [--pack DIR] [--json FILE]
//
// DATA_DIR holds DEGRADATION/SET/{input,gt}, clean/SET/gt and inpaint_masks/KIND. Nothing of it is ever trained on.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { HEADER, measureSet, tableRow } from './measure.js'
import { pairedSets, syntheticSets } from './sets.js'

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { only: { type: 'string', default: '' }, pack: { type: 'string' }, json: { type: 'string' } },
})
const [data] = positionals
if (data === undefined) {
  console.error('usage: npm run bench:quality -- DATA_DIR [--only WORD] [--pack DIR] [--json FILE]')
  process.exit(2)
}

const work = await mkdtemp(join(tmpdir(), 'uir-bench-'))
try {
  const wanted = name => name.includes(options.only)
  const paired = (await pairedSets(data)).filter(({ name }) => wanted(name))
  const sets = [...paired, ...(await syntheticSets(data, work, wanted))]
  const pack = options.pack === undefined ? [] : ['--pack', options.pack]
  const rows = []
  console.log(HEADER)
  for (const [i, set] of sets.entries()) {
    const row = await measureSet(set, join(work, String(i)), pack)
    console.log(tableRow(row))
    rows.push(row)
  }
  if (options.json !== undefined) await writeFile(options.json, `${JSON.stringify(rows, null, 2)}\n`)
} finally {
  await rm(work, { recursive: true, force: true })
}
