import { readFile, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { UirError } from '../errors.ts'
import { parseSafetensors, type TensorEntry, tensorData, type Weights } from '../pack/safetensors.ts'
import { type AdapterKey, parseKey, resolveModule } from './dialects.ts'
import { CONFIG_FILE, type PeftConfig, parsePeftConfig, peftScale, WEIGHTS_FILE } from './peft.ts'

/** The low-rank change of one layer, ΔW = scale · B · A (Hu et al., arXiv 2106.09685). */
export interface Layer {
  readonly rank: number
  /** Shape of one row of A: [in, kh, kw] for a convolution, [in] for a linear layer. */
  readonly kernel: readonly number[]
  readonly outputs: number
  /** A, [rank, ...kernel] */
  readonly a: Float32Array
  /** B, [outputs, rank] */
  readonly b: Float32Array
  readonly scale: number
}

/** The layers of an adapter by the name of the base's module. */
export type Layers = ReadonlyMap<string, Layer>

/**
 * Reads an adapter made for a base: a PEFT or diffusers folder, or one .safetensors file with the key names of
 * PEFT, kohya-ss or diffusers.
 *
 * @throws {UirError} `pack` when the file is damaged or doesn't fit the base
 */
export async function readAdapter(path: string, base: Weights): Promise<Layers> {
  const file = await findWeights(path)
  const bytes = await readFile(file).catch((cause: Error) => {
    throw new UirError('pack', `${file} cannot be read`, 'check the path of the adapter', { cause })
  })
  const tensors = parseSafetensors(bytes, file)
  try {
    return layersOf(tensors, await readConfig(file, tensors), base)
  } catch (cause) {
    const fix = 'use a LoRA that was trained for the base of this pack'
    throw new UirError('pack', `${file} cannot be added: ${(cause as Error).message}`, fix, { cause })
  }
}

/** The file that holds the weights of an adapter.
 *
 * @throws {UirError} `pack` for a folder without one
 */
export async function findWeights(path: string): Promise<string> {
  const isFolder = await stat(path).then(
    found => found.isDirectory(),
    () => false,
  )
  if (!isFolder) return path
  for (const name of [WEIGHTS_FILE, 'pytorch_lora_weights.safetensors']) {
    const file = join(path, name)
    if (await stat(file).catch(() => undefined)) return file
  }
  throw new UirError('pack', `no adapter in ${path}`, `the folder needs ${CONFIG_FILE} and ${WEIGHTS_FILE}`)
}

/** PEFT keeps the scale in a file beside the weights, diffusers in the metadata, kohya-ss in tensors. */
async function readConfig(file: string, { tensors, metadata }: Weights): Promise<PeftConfig | undefined> {
  if (basename(file) === WEIGHTS_FILE) {
    return parsePeftConfig(await readFile(join(dirname(file), CONFIG_FILE), 'utf8'))
  }
  const text = metadata.lora_adapter_metadata
  if (text !== undefined) return parsePeftConfig(text.replaceAll(/"(?:unet|transformer)\./g, '"'))
  if ([...tensors.keys()].some(key => key.startsWith('base_model.'))) {
    throw new Error(`PEFT weights need their ${CONFIG_FILE}: give the folder instead`)
  }
  return undefined
}

function layersOf(file: Weights, config: PeftConfig | undefined, base: Weights): Layers {
  const layers = new Map<string, Layer>()
  for (const [module, { a, b, alpha }] of groupByModule(file, base)) {
    if (a === undefined || b === undefined) throw new Error(`${module} has only one of its two factors`)
    const [rank = 0, ...kernel] = a.shape
    checkShapes(module, a.shape, b.shape, base.tensors.get(`${module}.weight`)!.shape)
    // kohya-ss: a missing or zero alpha means alpha = rank.
    const stored = alpha === undefined ? undefined : tensorData(file, alpha)[0]
    const scale = stored ? stored / rank : config ? peftScale(config, module, rank) : 1
    layers.set(module, {
      rank,
      kernel,
      outputs: b.shape[0]!,
      a: tensorData(file, a),
      b: tensorData(file, b),
      scale,
    })
  }
  if (layers.size === 0) throw new Error('it holds no LoRA')
  return layers
}

type Parts = Partial<Record<AdapterKey['part'], TensorEntry>>

function groupByModule(file: Weights, base: Weights): Map<string, Parts> {
  const modules = [...base.tensors.keys()]
    .filter(name => name.endsWith('.weight'))
    .map(name => name.slice(0, -7))
  const groups = new Map<string, Parts>()
  for (const [key, entry] of file.tensors) {
    const parsed = parseKey(key)
    if (parsed === undefined) throw new Error(`${key} is no tensor of a plain LoRA`)
    const module = resolveModule(parsed.module, modules)
    if (module === undefined) throw new Error(`the base has no layer ${parsed.module}`)
    groups.set(module, { ...groups.get(module), [parsed.part]: entry })
  }
  return groups
}

function checkShapes(
  module: string,
  a: readonly number[],
  b: readonly number[],
  weight: readonly number[],
): void {
  const show = (shape: readonly number[]) => `[${shape.join(', ')}]`
  if (b[1] !== a[0] && a[0]! % b[1]! === 0) {
    throw new Error(`${module} is a LoRA of a grouped convolution, which has no exact merge`)
  }
  const fits =
    a.length === weight.length &&
    a.slice(1).every((side, i) => side === weight[i + 1]) &&
    b[0] === weight[0] &&
    b[1] === a[0] &&
    b.slice(2).every(side => side === 1)
  if (!fits) throw new Error(`${module} has A ${show(a)} and B ${show(b)} where the base has ${show(weight)}`)
}
