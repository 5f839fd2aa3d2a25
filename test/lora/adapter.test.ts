import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readAdapter } from '../../src/lora/adapter.ts'
import { serializeSafetensors, type Tensor, type Weights } from '../../src/pack/safetensors.ts'
import { temporaryFolder } from '../support/command.ts'

const base = {
  tensors: new Map([
    ['stem.weight', { shape: [4, 3, 3, 3], offset: 0, length: 108 }],
    ['encoder.0.1.conv_a.weight', { shape: [2, 4, 1, 1], offset: 108, length: 8 }],
    ['encoder.0.1.conv_a.bias', { shape: [2], offset: 116, length: 2 }],
    ['condition.weight', { shape: [5, 6], offset: 118, length: 30 }],
  ]),
} as unknown as Weights

const tensor = (...shape: number[]): Tensor => {
  const length = shape.reduce((product, side) => product * side, 1)
  return { shape, data: Float32Array.from({ length }, (_, i) => i + 1) }
}

function adapterFile(tensors: Record<string, Tensor>, name = 'lora.safetensors', metadata = {}): string {
  const file = join(temporaryFolder(), name)
  writeFileSync(file, serializeSafetensors(new Map(Object.entries(tensors)), metadata))
  return file
}

function peftFolder(config: object, tensors = peft('stem', tensor(2, 3, 3, 3), tensor(4, 2, 1, 1))): string {
  const folder = join(temporaryFolder(), 'adapter')
  mkdirSync(folder)
  writeFileSync(
    join(folder, 'adapter_model.safetensors'),
    serializeSafetensors(new Map(Object.entries(tensors))),
  )
  writeFileSync(join(folder, 'adapter_config.json'), JSON.stringify({ peft_type: 'LORA', r: 2, ...config }))
  return folder
}

const peft = (module: string, a: Tensor, b: Tensor) => ({
  [`base_model.model.${module}.lora_A.weight`]: a,
  [`base_model.model.${module}.lora_B.weight`]: b,
})

const scaleOf = async (path: string, module = 'stem') => (await readAdapter(path, base)).get(module)?.scale

test('a PEFT folder', async () => {
  const layers = await readAdapter(peftFolder({ lora_alpha: 8 }), base)
  expect([...layers.keys()]).toEqual(['stem'])
  expect(layers.get('stem')).toMatchObject({ rank: 2, kernel: [3, 3, 3], outputs: 4, scale: 4 })
})

test('a linear layer has factors without kernel', async () => {
  const folder = peftFolder({ lora_alpha: 2 }, peft('condition', tensor(2, 6), tensor(5, 2)))
  expect((await readAdapter(folder, base)).get('condition')).toMatchObject({
    rank: 2,
    kernel: [6],
    outputs: 5,
  })
})

test('PEFT scales: patterns by the end of the name, rank-stabilised', async () => {
  expect(await scaleOf(peftFolder({ lora_alpha: 8, use_rslora: true }))).toBeCloseTo(8 / Math.SQRT2, 12)
  expect(await scaleOf(peftFolder({ lora_alpha: 8, alpha_pattern: { stem: 1 } }))).toBe(0.5)
  expect(await scaleOf(peftFolder({ lora_alpha: 8, alpha_pattern: { '^stem': 1 } }))).toBe(0.5)
  const deep = peft('encoder.0.1.conv_a', tensor(2, 4, 1, 1), tensor(2, 2, 1, 1))
  const patterns = { lora_alpha: 8, alpha_pattern: { onv_a: 1, 'encoder.0.1': 2, conv_a: 6 } }
  expect(await scaleOf(peftFolder(patterns, deep), 'encoder.0.1.conv_a')).toBe(3)
})

test('the weights of a PEFT folder named alone find their configuration', async () => {
  expect(await scaleOf(join(peftFolder({ lora_alpha: 8 }), 'adapter_model.safetensors'))).toBe(4)
})

test.each([
  ['with alpha', { alpha: { shape: [], data: Float32Array.of(1) } }, 0.5],
  ['without alpha', {}, 1],
  ['with alpha 0', { alpha: { shape: [], data: Float32Array.of(0) } }, 1],
])('kohya-ss %s', async (_, extra: { alpha?: Tensor }, scale) => {
  const file = adapterFile({
    'lora_unet_encoder_0_1_conv_a.lora_down.weight': tensor(2, 4, 1, 1),
    'lora_unet_encoder_0_1_conv_a.lora_up.weight': tensor(2, 2, 1, 1),
    ...(extra.alpha && { 'lora_unet_encoder_0_1_conv_a.alpha': extra.alpha }),
  })
  const layer = (await readAdapter(file, base)).get('encoder.0.1.conv_a')
  expect(layer).toMatchObject({ rank: 2, kernel: [4, 1, 1], outputs: 2, scale })
  expect(layer!.a).toEqual(tensor(2, 4).data)
})

test.each([
  ['new', 'unet.stem.lora_A.weight', 'unet.stem.lora_B.weight'],
  ['old', 'unet.stem.lora.down.weight', 'unet.stem.lora.up.weight'],
  ['attention', 'stem_lora.down.weight', 'stem_lora.up.weight'],
])('diffusers, %s keys', async (_, down, up) => {
  const tensors = { [down]: tensor(2, 3, 3, 3), [up]: tensor(4, 2, 1, 1) }
  expect(await scaleOf(adapterFile(tensors))).toBe(1)
  const config = JSON.stringify({ 'unet.r': 2, 'unet.lora_alpha': 6, 'unet.alpha_pattern': {} })
  const file = adapterFile(tensors, 'pytorch_lora_weights.safetensors', { lora_adapter_metadata: config })
  expect(await scaleOf(file)).toBe(3)
  expect(await scaleOf(join(file, '..'))).toBe(3)
})

test.each<[string, () => string, string]>([
  [
    'a layer that the base lacks',
    () => peftFolder({ lora_alpha: 1 }, peft('tail', tensor(2, 3), tensor(4, 2))),
    'no layer',
  ],
  [
    'another kernel size',
    () => peftFolder({ lora_alpha: 1 }, peft('stem', tensor(2, 3, 5, 5), tensor(4, 2, 1, 1))),
    'stem has A [2, 3, 5, 5] and B [4, 2, 1, 1] where the base has [4, 3, 3, 3]',
  ],
  [
    'ranks that differ',
    () => peftFolder({ lora_alpha: 1 }, peft('stem', tensor(2, 3, 3, 3), tensor(4, 3, 1, 1))),
    'stem has A',
  ],
  [
    'a grouped convolution',
    () => peftFolder({ lora_alpha: 1 }, peft('stem', tensor(4, 3, 3, 3), tensor(4, 1, 1, 1))),
    'grouped convolution',
  ],
  ['DoRA', () => peftFolder({ lora_alpha: 1, use_dora: true }), 'use_dora'],
  ['another method', () => peftFolder({ lora_alpha: 1, peft_type: 'LOHA' }), 'peft_type'],
  ['no alpha', () => peftFolder({}), 'lora_alpha'],
  [
    'half a layer',
    () => adapterFile({ 'stem.lora_down.weight': tensor(2, 3, 3, 3) }),
    'only one of its two factors',
  ],
  ['other tensors', () => adapterFile({ 'stem.weight': tensor(4, 3, 3, 3) }), 'no tensor of a plain LoRA'],
  ['nothing', () => adapterFile({}), 'holds no LoRA'],
  [
    'PEFT weights without configuration',
    () => adapterFile(peft('stem', tensor(2, 3, 3, 3), tensor(4, 2, 1, 1))),
    'give the folder instead',
  ],
  ['an empty folder', () => temporaryFolder(), 'no adapter in'],
  ['a missing file', () => join(temporaryFolder(), 'no.safetensors'), 'cannot be read'],
])('%s is refused', async (_, make, message) => {
  await expect(readAdapter(make(), base)).rejects.toMatchObject({
    code: 'pack',
    message: expect.stringContaining(message),
  })
})
