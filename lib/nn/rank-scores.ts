import * as tf from '@tensorflow/tfjs';
import { constant } from './constant';
import { boolAttribute, executeNative, intAttribute, typeAttribute } from './native/execute';
import { gatherPlaces } from './native/gather';

/** Where targets stand and which items come first, still on the device. */
export interface RankedScores {
  /** Candidates that score more than the target, float32. */
  readonly larger_N: tf.Tensor1D;
  /** Candidates that score exactly as much, the target included; above 1 the tie rule decides. Float32. */
  readonly level_N: tf.Tensor1D;
  /** The best `n` items, best first, equal scores by index; int32. Places beyond the candidates hold anything. */
  readonly best_NK: tf.Tensor2D;
  /** The sum of a row's scores: not finite when one of them is not. */
  readonly sum_N: tf.Tensor1D;
}

/** Items in a group whose maximum is looked at first: small beside the items, large beside a list. */
export const groupSize = 64;

/**
 * Rank targets and find the best items by native ops alone: what `standTargets` and `topItems` count in JavaScript.
 *
 * Exact, in the order (score descending, item index ascending). The best `n` lie within the `n` groups of 64 items with the
 * largest maxima, so that only those are sorted. Can be recorded into a graph.
 *
 * @param scores_NV   one row of scores a user; column 0 is padding and no candidate
 * @param targets_N   int32, from 1; always candidates
 * @param excluded_P2 int32, pairs (row, item) that are no candidates, no target among them; fill up with (0, 0)
 * @param n           length of the lists; at least 1
 */
export function rankScores(
  scores_NV: tf.Tensor2D,
  targets_N: tf.Tensor1D,
  excluded_P2: tf.Tensor2D,
  n: number,
): RankedScores {
  const [N, V] = scores_NV.shape;
  const numGroups = Math.ceil(V / groupSize);
  const places_N2 = tf.stack([tf.range(0, N, 1, 'int32'), targets_N], 1);
  const target_N = gatherPlaces(scores_NV, places_N2);
  // Padding the columns to whole groups makes the copy that is then changed in place.
  const padded_NW = tf.pad(
    scores_NV,
    [
      [0, 0],
      [0, numGroups * groupSize - V],
    ],
    -Infinity,
  );
  const first_N2 = tf.stack([tf.range(0, N, 1, 'int32'), tf.fill([N], 0, 'int32')], 1);
  const candidates_NW = excludeInPlace(padded_NW, tf.concat([excluded_P2, first_N2]), -Infinity);
  const target_N1 = tf.reshape(target_N, [N, 1]);
  const count = (isCounted_NW: tf.Tensor): tf.Tensor1D => tf.sum(tf.cast(isCounted_NW, 'float32'), 1);
  return {
    larger_N: count(tf.greater(candidates_NW, target_N1)),
    level_N: count(tf.equal(candidates_NW, target_N1)),
    best_NK: bestOfRows(candidates_NW, n).best_NK,
    sum_N: tf.sum(scores_NV, 1),
  };
}

/** Give some places of a tensor, `[P, 2]`, one value; in a graph without a copy, where nobody else reads the tensor. */
export function excludeInPlace(scores_NV: tf.Tensor2D, places_P2: tf.Tensor, value: number): tf.Tensor2D {
  const values_P = tf.mul(
    tf.fill([places_P2.shape[0]], 1),
    constant(() => tf.scalar(value)),
  );
  return scatterUpdate(scores_NV, places_P2, values_P);
}

/**
 * The largest `n` of each row and their columns, equal ones by column: only the `n` groups of columns with the largest maxima are sorted.
 *
 * @param scores_NW W is a multiple of `groupSize`
 * @returns as many as there are, if these are fewer than `n`
 */
export function bestOfRows(
  scores_NW: tf.Tensor2D,
  n: number,
): { readonly best_NK: tf.Tensor2D; readonly scores_NK: tf.Tensor2D } {
  const [N, W] = scores_NW.shape;
  const numGroups = W / groupSize;
  const kept = Math.min(n, numGroups);
  const grouped_NGS = tf.reshape(scores_NW, [N, numGroups, groupSize]);
  const [, groups_NK] = topK(tf.max(grouped_NGS, 2), kept);
  // In ascending order, so that equal scores of different groups stay in the order of their items.
  const ascending_NK = tf.neg(topK(tf.neg(tf.cast(groups_NK, 'float32')), kept)[0]).cast('int32');
  const shortlist_NC = tf.reshape(gatherInRows(grouped_NGS, ascending_NK), [N, kept * groupSize]);
  const [scores_NK, places_NK] = topK(shortlist_NC, Math.min(n, kept * groupSize));
  const groupLength = tf.scalar(groupSize, 'int32');
  const group_NK = tf.floorDiv(places_NK, groupLength);
  const within_NK = tf.sub(places_NK, tf.mul(group_NK, groupLength));
  const best_NK = tf.add(tf.mul(gatherInRows(ascending_NK, group_NK), groupLength), within_NK);
  return { best_NK: best_NK as tf.Tensor2D, scores_NK };
}

const scatterUpdate = (x: tf.Tensor, places: tf.Tensor, values: tf.Tensor): tf.Tensor2D =>
  executeNative(
    'TensorScatterUpdate',
    [typeAttribute('T'), typeAttribute('Tindices', 'int32')],
    [x, places, values],
    1,
  )[0] as tf.Tensor2D;

/** The largest `k` of each row and their places, equal ones by place. */
const topK = (x: tf.Tensor, k: number): [tf.Tensor2D, tf.Tensor2D] =>
  executeNative(
    'TopKV2',
    [
      boolAttribute('sorted', true),
      typeAttribute('T'),
      typeAttribute('Tk', 'int32'),
      typeAttribute('index_type', 'int32'),
    ],
    [x, tf.scalar(k, 'int32')],
    2,
  ) as [tf.Tensor2D, tf.Tensor2D];

/** For each row its own choice along the second axis. */
const gatherInRows = (x: tf.Tensor, places: tf.Tensor): tf.Tensor =>
  executeNative(
    'GatherV2',
    [
      intAttribute('batch_dims', 1),
      typeAttribute('Tparams', x.dtype as 'float32' | 'int32'),
      typeAttribute('Tindices', 'int32'),
      typeAttribute('Taxis', 'int32'),
    ],
    [x, places, tf.scalar(1, 'int32')],
    1,
  )[0]!;
