/** What a tensor of an adapter file is: a factor of ΔW = scale · B · A, or the scale's numerator. */
export type Part = 'a' | 'b' | 'alpha'

/** A key of an adapter file, taken apart; `module` is still in the dialect's spelling. */
export interface AdapterKey {
  readonly module: string
  readonly part: Part
}

// The endings that PEFT, kohya-ss and diffusers (new, then old) give their keys; lora_A is down, lora_B is up.
// List: diffusers, src/diffusers/utils/state_dict_utils.py.
const ENDINGS: readonly (readonly [RegExp, Part])[] = [
  [/\.lora_A(?:\.default)?\.weight$/, 'a'],
  [/\.lora_B(?:\.default)?\.weight$/, 'b'],
  [/\.lora_down\.weight$/, 'a'],
  [/\.lora_up\.weight$/, 'b'],
  [/[._]lora\.down\.weight$/, 'a'],
  [/[._]lora\.up\.weight$/, 'b'],
  [/\.alpha$/, 'alpha'],
]

const PREFIX = /^(?:base_model\.model\.|unet\.|transformer\.|lora_unet_|lora_transformer_)/

/** Takes a key apart by its ending; undefined when no dialect writes such a key. */
export function parseKey(key: string): AdapterKey | undefined {
  for (const [ending, part] of ENDINGS) {
    if (ending.test(key)) return { module: key.replace(ending, ''), part }
  }
  return undefined
}

/**
 * Finds the module of the base that an adapter means; kohya-ss writes underscores where PyTorch has dots.
 *
 * @param modules names of all modules of the base that hold a weight
 */
export function resolveModule(spelling: string, modules: readonly string[]): string | undefined {
  const name = spelling.replace(PREFIX, '')
  return (
    modules.find(module => module === name) ?? modules.find(module => module.replaceAll('.', '_') === name)
  )
}
