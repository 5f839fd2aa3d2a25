import { UirError } from '../errors.ts'
import { type Pack, readPackWeights } from '../pack/pack.ts'
import { tensorData } from '../pack/safetensors.ts'

/** The bank B of UIR-LoRA (arXiv 2409.20197, section 3.3) with learnt rows: one per degradation. */
export interface Bank {
  /** Names of the N rows. */
  readonly degradations: readonly string[]
  /** Length of an embedding. */
  readonly dimension: number
  /** [N, D], row by row. */
  readonly weight: Float32Array
  /** [N] */
  readonly bias: Float32Array
}

/**
 * Loads the bank of a pack.
 *
 * @throws {UirError} `pack` when its rows don't match the degradations of the manifest
 */
export async function loadBank(pack: Pack): Promise<Bank> {
  const { degradations, router } = pack.manifest
  const weights = await readPackWeights(pack, router.bank)
  const weight = weights.tensors.get('bank.weight')
  const bias = weights.tensors.get('bank.bias')
  const rows = degradations.length
  if (weight?.shape.length !== 2 || weight.shape[0] !== rows || bias?.length !== rows) {
    const message = `${router.bank} of pack ${pack.manifest.name} needs bank.weight and bank.bias with ${rows} rows`
    throw new UirError('pack', message, 'install the pack again')
  }
  return {
    degradations,
    dimension: weight.shape[1]!,
    weight: tensorData(weights, weight),
    bias: tensorData(weights, bias),
  }
}
