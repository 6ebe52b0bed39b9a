import * as tf from '@tensorflow/tfjs';
import { EigenvalueDecomposition, Matrix as DoubleMatrix, QrDecomposition } from 'ml-matrix';
import type { Matrix } from '../base/matrix';
import type { Rng } from '../base/random';
import { expectPoints, signOfLargest } from './points';

/** A matrix as nearly as few components can say it: `vectors x components`. */
export interface TruncatedSvd {
  /** `[N, C]`: rows of the left singular vectors times the singular values. */
  readonly vectors: Matrix;
  /** `[C, D]`, of unit length and at right angles. */
  readonly components: Matrix;
  /** Largest first. */
  readonly singularValues: Float64Array;
}

/** Directions looked for beside those asked for. */
const spare = 10;

/**
 * Find the few directions that hold most of a matrix, by random draws and iteration: user vectors out of the matrix of who
 * had which item.
 *
 * Nothing is centred: for that see `fitPca`. As there, the entry of largest magnitude of each component is positive. A
 * singular value below about 1e-4 of the largest drowns in float32.
 *
 * @param points `[N, D]`
 * @param numComponents 1 to the smaller of N and D
 * @param options `rounds` of iteration, default 6: more where singular values fall slowly
 * @throws InputError when a point is not finite
 * @source Halko, Martinsson & Tropp, "Finding structure with randomness: probabilistic algorithms for constructing
 *   approximate matrix decompositions", SIAM Review 53(2), 2011, algorithms 4.4 and 5.1
 */
export function truncatedSvd(
  points: Matrix,
  numComponents: number,
  { rng, rounds = 6 }: { readonly rng: Rng; readonly rounds?: number },
): TruncatedSvd {
  const { rows: N, columns: D, values } = points;
  const most = Math.min(N, D);
  if (!Number.isInteger(numComponents) || numComponents < 1 || numComponents > most) {
    throw new RangeError(
      `truncatedSvd: ${N} x ${D} have 1 to ${most} components, asked for ${numComponents}`,
    );
  }
  if (!Number.isInteger(rounds) || rounds < 0) {
    throw new RangeError(`truncatedSvd: rounds must be a whole number from 0, got ${rounds}`);
  }
  expectPoints('truncatedSvd', points, 1);
  const B = Math.min(most, numComponents + spare);
  const points_ND = tf.tensor2d(values, [N, D]);
  const times = (right: Float32Array, transposed: boolean): Float32Array => {
    const product = tf.tidy(() =>
      tf.matMul(points_ND, tf.tensor2d(right, [transposed ? N : D, B]), transposed, false),
    );
    const read = product.dataSync<'float32'>(); // not within the tidy, which would look through it for tensors
    product.dispose();
    return read;
  };
  try {
    let range_NB = orthonormal(
      times(
        Float32Array.from({ length: D * B }, () => rng.normal()),
        false,
      ),
      N,
      B,
    );
    for (let round = 0; round < rounds; round++) {
      range_NB = orthonormal(times(orthonormal(times(range_NB, true), D, B), false), N, B);
    }
    const image_DB = times(range_NB, true); // the points as seen from the range: B^T = points^T Q
    const { turn, squares } = directions(image_DB, D, B);
    const vectors = new Float32Array(N * numComponents);
    const components = new Float32Array(numComponents * D);
    const singularValues = Float64Array.from({ length: numComponents }, (_, c) => Math.sqrt(squares[c]!));
    for (let c = 0; c < numComponents; c++) {
      const size = singularValues[c]!;
      const along = Float64Array.from(
        { length: D },
        (_, d) => dotWith(image_DB, d, B, turn[c]!) / (size || 1),
      );
      const sign = signOfLargest(along);
      for (let d = 0; d < D; d++) components[c * D + d] = sign * along[d]!;
      for (let n = 0; n < N; n++) {
        vectors[n * numComponents + c] = sign * size * dotWith(range_NB, n, B, turn[c]!);
      }
    }
    return {
      vectors: { rows: N, columns: numComponents, values: vectors },
      components: { rows: numComponents, columns: D, values: components },
      singularValues,
    };
  } finally {
    points_ND.dispose();
  }
}

/** Columns of unit length and at right angles that span the same. */
function orthonormal(columns: Float32Array, rows: number, B: number): Float32Array {
  const { orthogonalMatrix } = new QrDecomposition(DoubleMatrix.from1DArray(rows, B, Array.from(columns)));
  return Float32Array.from(orthogonalMatrix.to1DArray());
}

/** The squares of the singular values, largest first, and their directions in the range. */
function directions(image_DB: Float32Array, D: number, B: number): { turn: number[][]; squares: number[] } {
  const gram = DoubleMatrix.zeros(B, B);
  for (let d = 0; d < D; d++) {
    for (let row = 0; row < B; row++) {
      const value = image_DB[d * B + row]!;
      for (let column = 0; column < B; column++) {
        gram.set(row, column, gram.get(row, column) + value * image_DB[d * B + column]!);
      }
    }
  }
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(gram, { assumeSymmetric: true });
  const order = realEigenvalues
    .map((_, place) => place)
    .sort((a, b) => realEigenvalues[b]! - realEigenvalues[a]!);
  return {
    turn: order.map((place) => eigenvectorMatrix.getColumn(place)),
    squares: order.map((place) => Math.max(0, realEigenvalues[place]!)),
  };
}

function dotWith(rows: Float32Array, row: number, B: number, direction: readonly number[]): number {
  let sum = 0;
  for (let b = 0; b < B; b++) sum += rows[row * B + b]! * direction[b]!;
  return sum;
}
