import { InferenceSession, Tensor } from 'onnxruntime-node'
import { expect, test } from 'vitest'
import { concatenate } from '../../src/lora/concatenate.ts'
import { mergeWeights } from '../../src/lora/merge.ts'
import { inlineWeights } from '../../src/pack/onnx.ts'
import { openPack, readPackFile, readPackWeights } from '../../src/pack/pack.ts'
import { serializeSafetensors } from '../../src/pack/safetensors.ts'
import { gap, randomLayers, randomNumbers } from '../support/layers.ts'

const pack = await openPack()
const { graph, weights } = pack.manifest.restorer
const model = await readPackFile(pack, graph)
const base = await readPackWeights(pack, weights)

async function run(session: InferenceSession): Promise<Float32Array> {
  const random = randomNumbers(7)
  const [, prior] = session.inputMetadata
  const length = prior?.isTensor ? Number(prior.shape[1]) : 0
  const { restored } = await session.run({
    image: new Tensor(
      'float32',
      Float32Array.from({ length: 3 * 32 * 48 }, () => random() / 2 + 0.5),
      [1, 3, 32, 48],
    ),
    prior: new Tensor('float32', Float32Array.from({ length }, random), [1, length]),
  })
  await session.release()
  return restored!.data as Float32Array
}

test('weights inside the graph and weights beside it give the same output, bit for bit', async () => {
  const layers = concatenate([{ layers: randomLayers(base, 4, 1), weight: 1 }])
  for (const merged of [base, mergeWeights(base, layers)]) {
    const externalData = [{ path: weights, data: new Uint8Array(merged.data.buffer) }]
    const beside = await run(await InferenceSession.create(model, { externalData }))
    const inside = await run(await InferenceSession.create(inlineWeights(model, merged)))
    expect(gap(inside, beside)).toBe(0)
  }
})

test('another mix gives another output', async () => {
  const layers = concatenate([{ layers: randomLayers(base, 4, 1), weight: 1 }])
  const plain = await run(await InferenceSession.create(inlineWeights(model, base)))
  const mixed = await run(await InferenceSession.create(inlineWeights(model, mergeWeights(base, layers))))
  expect(gap(plain, mixed)).toBeGreaterThan(1e-3)
})

test('weights that lack a tensor of the graph are refused', () => {
  expect(() => inlineWeights(model, { ...base, tensors: new Map() })).toThrow(/the graph needs a tensor \S+/)
})

test('bytes that are no graph are refused', () => {
  expect(() => inlineWeights(serializeSafetensors(new Map()), base)).toThrow()
})
