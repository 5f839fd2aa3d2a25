// What the built command makes of a benchmark set: PSNR and SSIM of input and outputs against the truths.
import { spawnSync } from 'node:child_process'
import { readdir } from 'node:fs/promises'
import { join, parse } from 'node:path'
import { pixels, psnr, ssim } from './metrics.js'

const UIR = new URL('../bin/uir.js', import.meta.url).pathname

/** Runs `uir` and returns its stdout. */
export function uir(...args) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [UIR, ...args], {
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  })
  if (status !== 0) throw new Error(`uir ${args.join(' ')} ended with ${status}: ${stderr}`)
  return stdout
}

/** Files of two folders that share a name, whatever their extensions: [file, truth]. */
async function matched(folder, truth) {
  const truths = new Map((await readdir(truth)).map(file => [parse(file).name, join(truth, file)]))
  const files = (await readdir(folder)).sort().filter(file => truths.has(parse(file).name))
  return files.map(file => [join(folder, file), truths.get(parse(file).name)])
}

/** PSNR and SSIM of the pictures in a folder against the truths of the same names: means, and those of each picture. */
export async function compare(folder, truth) {
  const found = { n: 0, psnr: 0, ssim: 0, each: [] }
  const files = await matched(folder, truth)
  for (const [file, clean] of files) {
    const [a, b] = await Promise.all([pixels(file), pixels(clean)])
    const one = { file, psnr: psnr(a, b), ssim: ssim(a, b) }
    found.each.push(one)
    found.psnr += one.psnr / files.length
    found.ssim += one.ssim / files.length
  }
  return { ...found, n: files.length }
}

/** The modes that a set can be restored in, each with its options; without a known degradation there is no oracle. */
function modesOf({ expert }) {
  return {
    auto: [],
    ...(expert !== '' && { oracle: ['--expert', expert] }),
    base: ['--expert', 'none'],
    ...(expert.includes(',') && { onehot: ['--top-k', '1'] }),
  }
}

/**
 * Restores a set in every mode that it has.
 *
 * @param {import('./sets.js').BenchSet} set
 * @param {string} work a folder of its own for this set
 * @param {string[]} pack options that name another pack
 */
export async function measureSet(set, work, pack = []) {
  const row = { name: set.name, input: await compare(set.input, set.truth) }
  for (const [mode, options] of Object.entries(modesOf(set))) {
    const output = join(work, mode)
    uir('restore', set.input, '-o', output, '--format', 'png', '--quiet', ...options, ...pack)
    row[mode] = await compare(output, set.truth)
  }
  return row
}

/** One cell of a table: PSNR and SSIM. */
export function cell(result) {
  return result === undefined ? '-' : `${result.psnr.toFixed(2)} / ${result.ssim.toFixed(4)}`
}

export const HEADER = '| set | n | input | auto | gain | oracle | base only |\n|---|---|---|---|---|---|---|'

/** One row under HEADER. */
export function tableRow({ name, input, auto, oracle, base }) {
  const cells = [cell(input), cell(auto), (auto.psnr - input.psnr).toFixed(2), cell(oracle), cell(base)]
  return `| ${name} | ${input.n} | ${cells.join(' | ')} |`
}
