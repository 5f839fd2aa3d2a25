// Detects and restores the sample photographs with the built command, and says where to look.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

process.chdir(fileURLToPath(new URL('..', import.meta.url)))

const SAMPLES = 'test/fixtures/samples'
const RESULTS = 'restored/samples'

function uir(...args) {
  console.log(`\n$ uir ${args.join(' ')}`)
  const { status } = spawnSync(process.execPath, ['bin/uir.js', ...args], { stdio: 'inherit' })
  if (status !== 0) process.exit(status ?? 1)
}

uir('detect', SAMPLES)
uir('restore', SAMPLES, '-o', RESULTS, '--overwrite')
console.log(`\nDone. Compare ${SAMPLES} with ${RESULTS}.`)
