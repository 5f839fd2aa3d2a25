import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { InferenceSession } from 'onnxruntime-node'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { mixWeights } from '../../src/lora/experts.ts'
import { meanMix, mixKey } from '../../src/lora/mix.ts'
import { inlineWeights } from '../../src/pack/onnx.ts'
import { openPack, readPackFile, readPackWeights } from '../../src/pack/pack.ts'
import { temporaryFolder, uir } from '../support/command.ts'
import { gap, randomNumbers } from '../support/layers.ts'

const pack = await openPack()
const base = await readPackWeights(pack, pack.manifest.restorer.weights)

const weightsOf = async (expert: string, weight = 1) =>
  (await mixWeights(pack, base, [{ expert, weight }])).data

test('a composed adapter merges to the same bits as its mix', async () => {
  const cwd = temporaryFolder()
  const { status, stdout } = uir(['compose', 'rain=0.7', 'noise=0.3', '-o', 'storm'], { cwd })
  expect(status).toBe(0)
  expect(stdout).toMatch(/^storm: noise=0\.3,rain=0\.7, \d+ layers, rank \d+\n$/)
  expect(readdirSync(join(cwd, 'storm')).sort()).toEqual(['adapter_config.json', 'adapter_model.safetensors'])
  const mix = [
    { expert: 'rain', weight: 0.7 },
    { expert: 'noise', weight: 0.3 },
  ]
  expect(gap(await weightsOf(join(cwd, 'storm')), (await mixWeights(pack, base, mix)).data)).toBe(0)
})

test('adapters compose like experts, and parts may share an argument', async () => {
  const cwd = temporaryFolder()
  expect(uir(['compose', 'rain=0.5,noise'], { cwd }).status).toBe(0)
  expect(uir(['compose', './composed=0.5', 'haze', '-o', 'both'], { cwd }).status).toBe(0)
  const mix = [
    { expert: 'rain', weight: 0.25 },
    { expert: 'noise', weight: 0.5 },
    { expert: 'haze', weight: 1 },
  ]
  expect(gap(await weightsOf(join(cwd, 'both')), (await mixWeights(pack, base, mix)).data)).toBeLessThan(1e-6)
})

test('svd keeps the rank that it is given, and at full rank the sum', async () => {
  const cwd = temporaryFolder()
  uir(['compose', 'rain', 'noise', '-o', 'whole'], { cwd })
  expect(
    uir(['compose', 'rain', 'noise', '--method', 'svd', '--rank', '3', '-o', 'small'], { cwd }).status,
  ).toBe(0)
  expect(JSON.parse(readFileSync(join(cwd, 'small/adapter_config.json'), 'utf8'))).toMatchObject({
    r: 3,
    lora_alpha: 3,
  })
  uir(['compose', './whole', '--method', 'svd', '--rank', '999', '-o', 'full'], { cwd })
  expect(gap(await weightsOf(join(cwd, 'full')), await weightsOf(join(cwd, 'whole')))).toBeLessThan(1e-5)
})

test('--fuse writes one file that ONNX Runtime loads alone', async () => {
  const cwd = temporaryFolder()
  const { status } = uir(['compose', 'rain=0.5', '--fuse', 'derain.onnx'], { cwd })
  expect(status).toBe(0)
  expect(readdirSync(cwd)).toEqual(['derain.onnx'])
  const session = await InferenceSession.create(join(cwd, 'derain.onnx'))
  expect(session.inputNames).toEqual(['image', 'prior'])
  expect(session.outputNames).toEqual(['restored'])
  await session.release()
  const merged = await mixWeights(pack, base, [{ expert: 'rain', weight: 0.5 }])
  const expected = inlineWeights(await readPackFile(pack, pack.manifest.restorer.graph), merged)
  expect(Buffer.compare(readFileSync(join(cwd, 'derain.onnx')), expected)).toBe(0)
})

test('what is there already stays, and nothing half-written is left', () => {
  const cwd = temporaryFolder()
  mkdirSync(join(cwd, 'storm'))
  const { status, stderr } = uir(['compose', 'rain', '-o', 'storm'], { cwd })
  expect(status).toBe(2)
  expect(stderr).toBe('uir: storm exists already; remove it or choose another name\n')
  expect(readdirSync(cwd)).toEqual(['storm'])
  expect(readdirSync(join(cwd, 'storm'))).toEqual([])
})

test.each([
  [['rian'], 2, 'did you mean rain?'],
  [['rain=x'], 2, 'the weight of rain is no number'],
  [['rain', 'rain=0.5'], 2, 'rain is named twice'],
  [['none'], 2, 'the mix is empty'],
  [['rain', '--rank', '4'], 2, '--method svd and --rank go together'],
  [['rain', '--method', 'svd'], 2, '--method svd and --rank go together'],
  [['rain', '-o', '/dev/null/storm'], 2, '/dev/null/storm cannot be written'],
  [['rain', '--fuse', '/dev/null/rain.onnx'], 2, '/dev/null/rain.onnx cannot be written'],
  [[], 2, 'either experts or --auto'],
  [['rain', '--auto', 'x.jpg'], 2, 'either experts or --auto'],
  [['--auto', 'nowhere.jpg'], 3, 'nowhere.jpg does not exist'],
  [['./nowhere'], 2, 'no adapter at ./nowhere'],
  [
    [new URL('../../package.json', import.meta.url).pathname],
    4,
    'package.json is no usable safetensors file',
  ],
])('%j ends with code %i in one line', (args, code, message) => {
  const cwd = temporaryFolder()
  const { status, stderr } = uir(['compose', ...args], { cwd })
  expect(stderr).toContain(message)
  expect(stderr.trim().split('\n')).toHaveLength(1)
  expect(status).toBe(code)
  expect(readdirSync(cwd)).toEqual([])
})

test('--auto takes the mean of the mixes that detect shows', async () => {
  const cwd = temporaryFolder()
  // Every degradation counts here, so the outcome doesn't hang on how well the router is trained.
  const eager = join(cwd, 'pack')
  cpSync(pack.dir, eager, { recursive: true })
  const manifest = JSON.parse(readFileSync(join(eager, 'pack.json'), 'utf8'))
  for (const name of pack.manifest.degradations) manifest.selection.thresholds[name] = 0
  manifest.selection.step = 0.001
  writeFileSync(join(eager, 'pack.json'), JSON.stringify(manifest))
  const random = randomNumbers(5)
  for (const [name, strength] of [
    ['soft.png', 20],
    ['harsh.png', 120],
  ] as const) {
    const pixels = Buffer.from(Array.from({ length: 96 * 64 * 3 }, () => 128 + strength * random()))
    await sharp(pixels, { raw: { width: 96, height: 64, channels: 3 } }).toFile(join(cwd, name))
  }

  const detected = uir(['detect', 'soft.png', 'harsh.png', '--json', '--pack', eager], { cwd })
  const mixes = detected.stdout
    .trim()
    .split('\n')
    .map(line => Object.entries<number>(JSON.parse(line).mix))
  const { status, stdout } = uir(['compose', '--auto', 'soft.png', 'harsh.png', '--pack', eager], { cwd })
  expect(status).toBe(0)
  const mean = meanMix(mixes.map(mix => mix.map(([expert, weight]) => ({ expert, weight }))))
  expect(mean.length).toBeGreaterThan(0)
  expect(stdout).toContain(`composed: ${mixKey(mean)}, `)
})

test('restore gives the same pixels with a composed adapter as with its mix', async () => {
  const cwd = temporaryFolder()
  const random = randomNumbers(6)
  const pixels = Buffer.from(Array.from({ length: 80 * 64 * 3 }, () => 128 + 100 * random()))
  await sharp(pixels, { raw: { width: 80, height: 64, channels: 3 } }).toFile(join(cwd, 'in.png'))
  uir(['compose', 'rain=0.7', 'noise=0.3', '-o', 'storm'], { cwd })
  expect(uir(['restore', 'in.png', '-o', 'a', '--expert', 'rain=0.7,noise=0.3'], { cwd }).status).toBe(0)
  expect(uir(['restore', 'in.png', '-o', 'b', '--expert', 'storm/'], { cwd }).status).toBe(0)
  expect(Buffer.compare(readFileSync(join(cwd, 'a/in.png')), readFileSync(join(cwd, 'b/in.png')))).toBe(0)
})
