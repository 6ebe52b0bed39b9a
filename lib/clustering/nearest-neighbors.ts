import * as tf from '@tensorflow/tfjs';
import { InputError } from '../base/errors';
import { centred, columnMeans } from '../base/column-means';
import type { Matrix } from '../base/matrix';
import { hasNativeOps } from '../nn/native/execute';
import { expectPoints } from './points';

/** The k nearest other points of each point, nearest first, the lower row first among equally near ones. */
export interface NearestNeighbors {
  readonly k: number;
  /** Rows, `[N, k]`. */
  readonly indices: Int32Array;
  /** Euclidean, `[N, k]`. */
  readonly distances: Float64Array;
}

/** Largest block of scores held at once, in numbers (16 MiB). */
const scoresHeld = 4 * 1024 * 1024;
/** Columns of scores that are looked at as one, first: the best of all lie in the groups with the best best ones. */
const groupSize = 16;
/** Taken more than asked for, and put in order in double precision: float32 may confuse the last. */
const spare = 8;

/**
 * Find the `k` points nearest to each point, itself left out.
 *
 * Tensor operations find the candidates, block by block; their distances are computed anew in double precision. Where
 * more than eight points are as near as the k-th within float32, which of them are taken is open. Time O(N² D), memory
 * 16 MiB beside the points and the result.
 *
 * @param points `[N, D]`
 * @throws InputError when a point is not finite, or there are not more than `k`
 * @throws RangeError when `k` is no whole number from 1
 * @source Fix & Hodges, "Discriminatory Analysis: Nonparametric Discrimination, Consistency Properties", USAF School of
 *   Aviation Medicine, 1951
 */
export function nearestNeighbors(points: Matrix, k: number): NearestNeighbors {
  const { rows: N, columns: D, values } = points;
  if (!Number.isInteger(k) || k < 1) {
    throw new RangeError(`nearestNeighbors: k must be a whole number from 1, got ${k}`);
  }
  expectPoints('nearestNeighbors', points, 1);
  if (N <= k) {
    throw new InputError(
      `nearestNeighbors: ${N} points have ${N - 1} neighbours at most, asked for ${k}.`,
      'Ask for fewer neighbours or give more points.',
    );
  }
  const numCandidates = Math.min(N, k + 1 + spare);
  const indices = new Int32Array(N * k);
  const distances = new Float64Array(N * k);
  const centred_ND = centred(points, columnMeans(points));
  const numGroups = Math.ceil(N / groupSize);
  const numColumns = numGroups * groupSize;
  const weights = foldedNorms(centred_ND, N, D, numColumns);
  const blockRows = Math.max(1, Math.floor(scoresHeld / numColumns));
  tf.tidy(() => {
    const points_ND = tf.tensor2d(centred_ND, [N, D]);
    const weights_NE = tf.tensor2d(weights, [numColumns, D + 1]);
    for (let from = 0; from < N; from += blockRows) {
      const numRows = Math.min(blockRows, N - from);
      const found = tf.tidy(() => {
        const block = tf.slice(points_ND, [from, 0], [numRows, D]);
        const scores: tf.Tensor2D = tf.matMul(
          tf.concat([block, tf.ones([numRows, 1])], 1),
          weights_NE,
          false,
          true,
        );
        return bestColumns(scores, numGroups, numCandidates);
      });
      const candidates_NK = found.dataSync<'int32'>(); // not within the tidy, which would look through it for tensors
      found.dispose();
      for (let row = 0; row < numRows; row++) {
        const candidates = candidates_NK.subarray(row * numCandidates, (row + 1) * numCandidates);
        keepNearest(values, D, from + row, candidates, k, indices, distances);
      }
    }
  });
  return { k, indices, distances };
}

/**
 * The columns of the largest scores of each row, `[N, count]`.
 *
 * Column `part * numGroups + group` belongs to that group. A group whose best is not among the `count` best of groups holds none of the
 * `count` best scores: sorting few groups and then few scores takes half the time of sorting all scores.
 */
function bestColumns(scores_NM: tf.Tensor2D, numGroups: number, count: number): tf.Tensor2D {
  const N = scores_NM.shape[0];
  // WebAssembly's gather knows no batches.
  if (numGroups < 2 * count || !hasNativeOps()) return tf.topk(scores_NM, count).indices;
  const byGroup_NPG = tf.reshape(scores_NM, [N, groupSize, numGroups]);
  const groups_NK = tf.topk(tf.max<tf.Tensor2D>(byGroup_NPG, 1), count).indices;
  const within_NPK = tf.gather(byGroup_NPG, groups_NK, 2, 1);
  const best_NK = tf.topk(tf.reshape(within_NPK, [N, groupSize * count]), count).indices;
  const [ofCount, ofGroups] = [tf.scalar(count, 'int32'), tf.scalar(numGroups, 'int32')];
  const part_NK = tf.floorDiv(best_NK, ofCount);
  const group_NK = tf.gather(groups_NK, tf.mod(best_NK, ofCount), 1, 1);
  return tf.add<tf.Tensor2D>(tf.mul(part_NK, ofGroups), group_NK);
}

/**
 * Each point doubled, with the square of its norm taken off: x.y - |y|² / 2, times 2, is largest where y is nearest to x. Rows from N on
 * are nobody's: farther than every point.
 */
function foldedNorms(points_ND: Float32Array, N: number, D: number, numRows: number): Float32Array {
  const weights = new Float32Array(numRows * (D + 1));
  for (let row = N; row < numRows; row++) weights[row * (D + 1) + D] = -Infinity;
  for (let row = 0; row < N; row++) {
    let norm = 0;
    for (let axis = 0; axis < D; axis++) {
      const value = points_ND[row * D + axis]!;
      weights[row * (D + 1) + axis] = 2 * value;
      norm += value * value;
    }
    weights[row * (D + 1) + D] = -norm;
  }
  return weights;
}

/** Insert the candidates of a row in order, and write the first k. */
function keepNearest(
  values: Float32Array,
  D: number,
  own: number,
  candidates: Int32Array,
  k: number,
  indices: Int32Array,
  distances: Float64Array,
): void {
  const start = own * k;
  let kept = 0;
  for (const other of candidates) {
    if (other === own) continue;
    let squared = 0;
    for (let axis = 0; axis < D; axis++) {
      const gap = values[own * D + axis]! - values[other * D + axis]!;
      squared += gap * gap;
    }
    const distance = Math.sqrt(squared);
    let place = kept;
    while (
      place > 0 &&
      (distances[start + place - 1]! > distance ||
        (distances[start + place - 1] === distance && indices[start + place - 1]! > other))
    ) {
      if (place < k) {
        distances[start + place] = distances[start + place - 1]!;
        indices[start + place] = indices[start + place - 1]!;
      }
      place--;
    }
    if (place < k) {
      distances[start + place] = distance;
      indices[start + place] = other;
      if (kept < k) kept++;
    }
  }
}
