/** Norms that turn the scores of the selected degradations into weights. */
export const NORMS = ['none', 'sum', 'softmax'] as const

export type Norm = (typeof NORMS)[number]
