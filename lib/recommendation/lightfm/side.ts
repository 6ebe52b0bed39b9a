import type { SparseRows } from '../../base/sparse-rows';

/** Users, or items, while their features are learned: what each is made of, and what of each feature is known. */
export interface Side {
  readonly features: SparseRows;
  readonly numFactors: number;
  readonly vectors: Float32Array; // [features * D]
  readonly biases: Float32Array; // [features]
  /** Sums of squares of the gradients so far, from 1. */
  readonly vectorSquares: Float32Array;
  readonly biasSquares: Float32Array;
}

/** Sum up the vectors of a row's features, and behind them their biases, into `into` `[D + 1]`. */
export function represent(
  side: Pick<Side, 'features' | 'numFactors' | 'vectors' | 'biases'>,
  row: number,
  into: Float64Array,
): void {
  const { features, numFactors: D, vectors, biases } = side;
  into.fill(0);
  for (let entry = features.offsets[row]!; entry < features.offsets[row + 1]!; entry++) {
    const [feature, value] = [features.columns[entry]!, features.values[entry]!];
    for (let d = 0; d < D; d++) into[d]! += value * vectors[feature * D + d]!;
    into[D]! += value * biases[feature]!;
  }
}

/**
 * Take a step against the gradient of a row's sums `[D + 1]`, each of its features by its share.
 *
 * @source Duchi, Hazan & Singer, "Adaptive Subgradient Methods for Online Learning and Stochastic Optimization", JMLR 12, 2011 (Adagrad).
 * @differs A number's sum of squares begins at 1 and has the gradient of a step only after it, as in LightFM.
 */
export function addUpdate(side: Side, row: number, gradient: Float64Array, learningRate: number): void {
  const { features, numFactors: D, vectors, biases, vectorSquares, biasSquares } = side;
  for (let entry = features.offsets[row]!; entry < features.offsets[row + 1]!; entry++) {
    const [feature, value] = [features.columns[entry]!, features.values[entry]!];
    for (let d = 0; d < D; d++) {
      const own = gradient[d]! * value;
      const at = feature * D + d;
      vectors[at]! -= (learningRate / Math.sqrt(vectorSquares[at]!)) * own;
      vectorSquares[at]! += own * own;
    }
    const own = gradient[D]! * value;
    biases[feature]! -= (learningRate / Math.sqrt(biasSquares[feature]!)) * own;
    biasSquares[feature]! += own * own;
  }
}
