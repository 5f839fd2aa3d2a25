import type { Bank } from './bank.ts'

/** The router's belief that one degradation is present. */
export interface Score {
  readonly degradation: string
  /** Any real number; the belief before the sigmoid. */
  readonly logit: number
  /** 0 to 1. */
  readonly score: number
}

/**
 * Scores an image against the bank: sigmoid(d · B + b), every degradation on its own, so several may be high.
 *
 * @param embedding d, length D, from the router network
 * @returns one score per degradation, in the order of the bank
 */
export function scoreEmbedding(embedding: Float32Array, bank: Bank): Score[] {
  if (embedding.length !== bank.dimension) {
    throw new RangeError(`Expected an embedding of length ${bank.dimension}, got ${embedding.length}`)
  }
  return bank.degradations.map((degradation, row) => {
    const weights = bank.weight.subarray(row * bank.dimension, (row + 1) * bank.dimension)
    const logit = weights.reduce((sum, weight, i) => sum + weight * embedding[i]!, bank.bias[row]!)
    return { degradation, logit, score: 1 / (1 + Math.exp(-logit)) }
  })
}
