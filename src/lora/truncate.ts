import { Matrix, SingularValueDecomposition } from 'ml-matrix'
import type { Layer, Layers } from './adapter.ts'

/**
 * The best approximation of an adapter by one of a smaller rank (Eckart-Young), of scale 1: B = U S, A = Vᵀ.
 *
 * @param layers of scale 1, as `concatenate` makes them
 * @param rank the most that a layer may have; smaller layers stay as they are
 */
export function truncate(layers: Layers, rank: number): Layers {
  return new Map(
    [...layers].map(([module, layer]) => [module, layer.rank <= rank ? layer : truncateLayer(layer, rank)]),
  )
}

/** B and A are thin, so each is decomposed alone and only a square of their rank is left for the third. */
function truncateLayer(layer: Layer, rank: number): Layer {
  const inputs = layer.a.length / layer.rank
  const left = decompose(toMatrix(layer.b, layer.outputs, layer.rank))
  const right = decompose(toMatrix(layer.a, layer.rank, inputs).transpose())
  const core = decompose(
    left.diagonalMatrix
      .mmul(left.rightSingularVectors.transpose())
      .mmul(right.rightSingularVectors)
      .mmul(right.diagonalMatrix.transpose()),
  )
  const kept = Math.min(rank, core.diagonal.length)
  const b = left.leftSingularVectors.mmul(core.leftSingularVectors.mmul(core.diagonalMatrix))
  const a = right.leftSingularVectors.mmul(core.rightSingularVectors)
  return {
    ...layer,
    rank: kept,
    a: Float32Array.from(
      a
        .subMatrix(0, inputs - 1, 0, kept - 1)
        .transpose()
        .to1DArray(),
    ),
    b: Float32Array.from(b.subMatrix(0, layer.outputs - 1, 0, kept - 1).to1DArray()),
  }
}

function decompose(matrix: Matrix): SingularValueDecomposition {
  return new SingularValueDecomposition(matrix, { autoTranspose: true })
}

function toMatrix(values: Float32Array, rows: number, columns: number): Matrix {
  return Matrix.from1DArray(rows, columns, [...values])
}
