import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { serializeSafetensors, type Tensor } from '../pack/safetensors.ts'
import type { Layers } from './adapter.ts'

export const CONFIG_FILE = 'adapter_config.json'
export const WEIGHTS_FILE = 'adapter_model.safetensors'

const PREFIX = 'base_model.model.'

const off = z.literal(false).nullish()

/** The fields of PEFT's LoraConfig that change the numbers; variants that we can't merge are refused. */
const configSchema = z.object({
  peft_type: z.literal('LORA').default('LORA'),
  lora_alpha: z.number(),
  alpha_pattern: z.record(z.string(), z.number()).nullish(),
  use_rslora: z.boolean().nullish(),
  use_dora: off,
  fan_in_fan_out: off,
  bias: z.literal('none').nullish(),
})

export type PeftConfig = z.infer<typeof configSchema>

/**
 * Checks the text of an `adapter_config.json`.
 *
 * @throws {Error} with one line that names the field
 */
export function parsePeftConfig(text: string): PeftConfig {
  const result = configSchema.safeParse(JSON.parse(text))
  if (result.success) return result.data
  const { path, message } = result.error.issues[0]!
  throw new Error(`${path.join('.')}: ${message}`)
}

/** The factor before B · A: alpha / r, or alpha / sqrt(r) in rank-stabilised LoRA (arXiv 2312.03732). */
export function peftScale(config: PeftConfig, module: string, rank: number): number {
  // PEFT matches a pattern against the end of a module's name, from a dot on.
  const pattern = Object.entries(config.alpha_pattern ?? {}).find(([key]) =>
    new RegExp(`^(?:.*\\.)?(?:${key})$`).test(module),
  )
  const alpha = pattern?.[1] ?? config.lora_alpha
  return alpha / (config.use_rslora ? Math.sqrt(rank) : rank)
}

/**
 * Writes an adapter in PEFT's layout, float32, with scale 1 (alpha = r) in every layer.
 *
 * @param folder is made; its parent must exist
 * @param base name of the base, for `base_model_name_or_path`
 * @param metadata for the weights, beside what PEFT needs
 */
export async function writePeft(
  folder: string,
  layers: Layers,
  base: string,
  metadata: Readonly<Record<string, string>> = {},
): Promise<void> {
  const tensors = new Map<string, Tensor>()
  for (const [module, { rank, kernel, outputs, a, b }] of layers) {
    const ones = kernel.slice(1).map(() => 1)
    tensors.set(`${PREFIX}${module}.lora_A.weight`, { shape: [rank, ...kernel], data: a })
    tensors.set(`${PREFIX}${module}.lora_B.weight`, { shape: [outputs, rank, ...ones], data: b })
  }
  await mkdir(folder)
  await writeFile(join(folder, WEIGHTS_FILE), serializeSafetensors(tensors, { ...metadata, format: 'pt' }))
  await writeFile(join(folder, CONFIG_FILE), `${JSON.stringify(peftConfig(layers, base), null, 2)}\n`)
}

function peftConfig(layers: Layers, base: string): object {
  const rank = Math.max(...[...layers.values()].map(layer => layer.rank))
  const other = [...layers].filter(([, layer]) => layer.rank !== rank)
  // The caret keeps PEFT from matching `conv` to the end of another module's name.
  const pattern = Object.fromEntries(other.map(([module, layer]) => [`^${module}`, layer.rank]))
  return {
    peft_type: 'LORA',
    task_type: null,
    base_model_name_or_path: base,
    r: rank,
    lora_alpha: rank,
    rank_pattern: pattern,
    alpha_pattern: pattern,
    target_modules: [...layers.keys()],
    lora_dropout: 0,
    bias: 'none',
    fan_in_fan_out: false,
    modules_to_save: null,
    inference_mode: true,
  }
}
