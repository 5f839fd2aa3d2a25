// Finds the benchmark sets of a data folder, and makes those that start from clean pictures.
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { basename, dirname, join, parse, relative } from 'node:path'
import fastGlob from 'fast-glob'
import { pixels } from './metrics.js'
import { gaussianBlur, holes, jpeg, motionBlur, noise } from './synthesis.js'

/**
 * @typedef {object} BenchSet
 * @property {string} name
 * @property {string} expert the mix that a perfect router would choose; empty for clean pictures and when unknown
 * @property {string} input folder of degraded pictures
 * @property {string} truth folder of clean pictures; files match by name without extension
 */

/** The degradations that a set of mixtures may name at its end: outdoor_rain_rain+haze. */
export function mixtureOf(name) {
  return /[a-z]+(?:\+[a-z]+)+$/.exec(name)?.[0].split('+') ?? []
}

/** Sets of real pairs: every folder `DEGRADATION/SET` that holds `input/` and `gt/`. */
export async function pairedSets(data) {
  const inputs = await fastGlob('**/input', { cwd: data, onlyDirectories: true, absolute: true })
  return inputs.sort().map(input => {
    const folder = dirname(input)
    const name = relative(data, folder)
    const [degradation] = name.split(/[\\/]/)
    return {
      name,
      expert: degradation === 'mixed' ? mixtureOf(name).join() : degradation,
      input,
      truth: join(folder, 'gt'),
    }
  })
}

/** Sets made from each folder `clean/SET/gt`, written under `work`, if wanted; holes need `inpaint_masks/KIND`. */
export async function syntheticSets(data, work, wanted = () => true) {
  const recipes = [
    ['clean', '', null],
    ...[15, 25, 50].map(sigma => [`noise ${sigma}`, 'noise', noise(sigma)]),
    ...[10, 20, 40].map(quality => [`jpeg q${quality}`, 'jpeg', jpeg(quality)]),
    ['blur gaussian 2', 'blur', gaussianBlur(2)],
    ['blur motion 15', 'blur', motionBlur(15)],
  ]
  for (const folder of await fastGlob('inpaint_masks/*', {
    cwd: data,
    onlyDirectories: true,
    absolute: true,
  })) {
    const masks = (await readdir(folder)).sort().map(file => join(folder, file))
    recipes.push([`inpaint ${basename(folder)}`, 'inpaint', holes(masks)])
  }
  const sets = []
  for (const truth of (
    await fastGlob('clean/*/gt', { cwd: data, onlyDirectories: true, absolute: true })
  ).sort()) {
    for (const [title, expert, degrade] of recipes) {
      const name = `${basename(dirname(truth))} ${title}`
      if (!wanted(name)) continue
      const input = degrade === null ? truth : join(work, 'inputs', name.replaceAll(' ', '_'))
      if (degrade !== null) await synthesise(truth, input, degrade)
      sets.push({ name, expert, input, truth })
    }
  }
  return sets
}

async function synthesise(truth, folder, degrade) {
  await mkdir(folder, { recursive: true })
  for (const [seed, file] of (await readdir(truth)).sort().entries()) {
    const content = await degrade(await pixels(join(truth, file)), seed)
    const extension = content[0] === 0xff ? 'jpg' : 'png'
    await writeFile(join(folder, `${parse(file).name}.${extension}`), content)
  }
}
