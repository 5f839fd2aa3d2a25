// Measures the router of the built command on photographs whose degradations are known.
//
//   npm run bench:router -- HELDOUT_DIR [--pack DIR]
//
// HELDOUT_DIR is what `python -m uir_training.render HELDOUT_DIR` wrote: photographs that nothing was trained on.
import { parseArgs } from 'node:util'
import { recognise } from './recognition.js'

const { values, positionals } = parseArgs({ allowPositionals: true, options: { pack: { type: 'string' } } })
const [data] = positionals
if (data === undefined) {
  console.error('usage: npm run bench:router -- HELDOUT_DIR [--pack DIR]')
  process.exit(2)
}
const { counts, top1, mixed, clean } = await recognise(
  data,
  values.pack === undefined ? [] : ['--pack', values.pack],
)
console.table(counts)
console.log(
  `top score right: ${percent(top1)}; present in mixtures and in the mix: ${percent(mixed)}; clean left alone: ${percent(clean)}`,
)

function percent(share) {
  return `${(100 * share).toFixed(1)} %`
}
