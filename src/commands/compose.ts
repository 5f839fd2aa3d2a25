import { writeFile } from 'node:fs/promises'
import { type Command, Option } from 'commander'
import { UirError } from '../errors.ts'
import type { Layers } from '../lora/adapter.ts'
import { DEGRADATIONS_KEY, degradationsOf } from '../lora/degradations.ts'
import { readMix } from '../lora/experts.ts'
import { mergeWeights } from '../lora/merge.ts'
import { type Mix, mixKey } from '../lora/mix.ts'
import { parseMix } from '../lora/parse.ts'
import { writePeft } from '../lora/peft.ts'
import { truncate } from '../lora/truncate.ts'
import { DEFAULT_PACK } from '../pack/default.ts'
import { inlineWeights } from '../pack/onnx.ts'
import { openPack, type Pack, readPackFile, readPackWeights } from '../pack/pack.ts'
import { publish } from '../publish.ts'
import { positiveInteger } from './options.ts'

interface ComposeOptions {
  auto?: string[]
  output?: string
  method: 'cat' | 'svd'
  rank?: number
  fuse?: string
  pack: string
}

const EXAMPLES = `
Examples:
  uir compose rain=0.7 noise=0.3 -o storm         the exact sum, as an adapter in the layout of PEFT
  uir restore photos/ --expert storm/             use it
  uir compose rain haze --method svd --rank 8     no larger than one expert, and close to the sum
  uir compose noise=0.8 --fuse denoise.onnx       a network of its own, for any ONNX runtime
  uir compose --auto night/*.jpg -o night-camera  the mean of the mixes that these photographs get`

export function configure(command: Command): void {
  command
    .argument('[expert=weight...]', 'experts of the pack or paths of adapters; without weights they share 1')
    .option('--auto <photo...>', 'take the mean of the mixes of photographs instead')
    .option('-o, --output <dir>', 'folder for the adapter (default: "composed" unless --fuse is given)')
    .addOption(
      new Option('--method <name>', 'exact sum, or truncated').choices(['cat', 'svd']).default('cat'),
    )
    .option('--rank <number>', 'largest rank of a layer, for --method svd', positiveInteger)
    .option('--fuse <file>', 'write the whole network, with the mix merged, as one ONNX file')
    .option('--pack <dir>', 'pack that holds base and experts', DEFAULT_PACK)
    .addHelpText('after', EXAMPLES)
    .action(compose)
}

async function compose(experts: string[], options: ComposeOptions): Promise<void> {
  const pack = await openPack(options.pack)
  const mix = await chooseMix(experts, pack, options)
  const { graph, weights } = pack.manifest.restorer
  const base = await readPackWeights(pack, weights)
  const layers = shorten(await readMix(pack, base, mix), options)
  const folder = options.output ?? (options.fuse === undefined ? 'composed' : undefined)
  if (folder !== undefined) {
    if (layers.size === 0)
      throw new UirError('usage', 'the mix is empty: it changes nothing', 'name an expert')
    const degradations = await degradationsOf(pack, mix)
    const metadata = degradations && { [DEGRADATIONS_KEY]: degradations.join() }
    await publish(folder, path => writePeft(path, layers, `uir-lora/${pack.manifest.name}`, metadata))
    report(folder, mixKey(mix), layers)
  }
  if (options.fuse !== undefined) {
    const network = inlineWeights(await readPackFile(pack, graph), mergeWeights(base, layers))
    await publish(options.fuse, path => writeFile(path, network))
    report(options.fuse, mixKey(mix), layers)
  }
}

async function chooseMix(experts: string[], pack: Pack, { auto }: ComposeOptions): Promise<Mix> {
  if ((auto === undefined) === (experts.length === 0)) {
    throw new UirError('usage', 'compose takes either experts or --auto PHOTO', 'see uir compose --help')
  }
  if (auto !== undefined) {
    // Only photographs need image codecs and the runtime, which take longer to load than all the rest to run.
    const { autoMix } = await import('./auto.ts')
    return await autoMix(auto, pack.dir)
  }
  return parseMix(experts, pack.manifest)
}

function shorten(layers: Layers, { method, rank }: ComposeOptions): Layers {
  if (method === 'cat' && rank === undefined) return layers
  if (method === 'svd' && rank !== undefined) return truncate(layers, rank)
  throw new UirError(
    'usage',
    '--method svd and --rank go together',
    'write for example --method svd --rank 8',
  )
}

function report(path: string, key: string, layers: Layers): void {
  const rank = Math.max(0, ...[...layers.values()].map(layer => layer.rank))
  process.stdout.write(`${path}: ${key}, ${layers.size} layers, rank ${rank}\n`)
}
