import { type Command, InvalidArgumentError, Option } from 'commander'
import { DEVICES, type Device } from '../engine/devices.ts'
import { MAX_PIXELS } from '../image/image.ts'
import { DEFAULT_PACK } from '../pack/default.ts'
import type { Selection } from '../pack/manifest.ts'
import { NORMS, type Norm } from '../pack/norm.ts'
import type { Pack } from '../pack/pack.ts'

/** Options of every command that runs the networks. */
export interface NetworkOptions {
  topK?: number
  threshold?: number
  norm?: Norm
  device: Device | 'auto'
  jobs?: number
  pack: string
  maxPixels: number
  memory?: number
  json?: true
}

/** Adds the options that say how scores become a mix. */
export function addSelectionOptions(command: Command): Command {
  return command
    .option('--top-k <number>', 'most experts in a mix', positiveInteger)
    .option('--threshold <score>', 'score from which on a degradation counts, 0 to 1', fraction)
    .addOption(new Option('--norm <name>', 'how scores become weights').choices(NORMS))
}

/** Adds the options that say where the networks run. */
export function addEngineOptions(command: Command): Command {
  return command
    .addOption(new Option('--device <name>', 'where to run').choices(['auto', ...DEVICES]).default('auto'))
    .option('--jobs <number>', 'worker threads on the CPU (default: one per core)', positiveInteger)
    .option('--pack <dir>', 'pack of networks', DEFAULT_PACK)
    .option('--max-pixels <number>', 'refuse larger images', positiveInteger, MAX_PIXELS)
    .option('--memory <size>', "bytes to get by with, as 2GB (default: half of the machine's)", memorySize)
}

/** What the pack advises, unless the command line says otherwise. */
export function selectionOf({ manifest }: Pack, { topK, threshold, norm }: NetworkOptions): Selection {
  const { selection, degradations } = manifest
  return {
    ...selection,
    ...(topK !== undefined && { topK }),
    ...(norm !== undefined && { norm }),
    ...(threshold !== undefined && {
      thresholds: Object.fromEntries(degradations.map(name => [name, threshold])),
    }),
  }
}

export function positiveInteger(text: string): number {
  const value = Number(text)
  if (Number.isInteger(value) && value > 0) return value
  throw new InvalidArgumentError('It must be a whole number above 0.')
}

/** Bytes of a size such as 2GB, 1.5GiB or 800M; the binary units have their i. */
export function memorySize(text: string): number {
  const [, number, letter = '', i] = /^(\d+(?:\.\d+)?) ?(?:([kmgt])(i)?)?b?$/i.exec(text.trim()) ?? []
  if (number === undefined) throw new InvalidArgumentError('It must be a size such as 2GB or 800MB.')
  return Number(number) * (i ? 1024 : 1000) ** ' kmgt'.indexOf(letter.toLowerCase() || ' ')
}

export function fraction(text: string): number {
  const value = Number(text)
  if (text.trim() !== '' && value >= 0 && value <= 1) return value
  throw new InvalidArgumentError('It must be a number from 0 to 1.')
}

export function quality(text: string): number {
  const value = Number(text)
  if (Number.isInteger(value) && value >= 1 && value <= 100) return value
  throw new InvalidArgumentError('It must be a whole number from 1 to 100.')
}
