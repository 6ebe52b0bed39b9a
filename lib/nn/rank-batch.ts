import * as tf from '@tensorflow/tfjs';
import { hasNativeOps } from './native/execute';
import { standTargets, topItems, type TargetStanding } from './rank';
import { rankScores, type RankedScores } from './rank-scores';

/** Where the targets of a batch stand, and the best items of each row. */
export interface RankedBatch {
  readonly standing: TargetStanding;
  /** Best first; empty when none were asked for. */
  readonly lists: Int32Array[];
}

/**
 * Rank the targets of a batch of scores and list the best items, by whatever is fastest here.
 *
 * Lists are made by native TensorFlow (`rankScores`), with the counting beside them. Rows with ties, of which the order needs a closer
 * look, are counted by `standTargets`, as is everything where no list is asked for, and on WebAssembly. The result is the same, and so
 * are the errors.
 *
 * @param excluded item indices that are no candidates, one list a row; the target stays one
 * @param n        length of the lists, 0 for none
 * @throws Error as `standTargets` and `topItems`
 */
export function rankBatch(
  scores_NV: tf.Tensor2D,
  targets: Int32Array,
  excluded: readonly Int32Array[],
  n: number,
): RankedBatch {
  const [N, V] = scores_NV.shape;
  if (n === 0 || !hasNativeOps() || !fits(N, V, targets, excluded)) {
    return rankApart(scores_NV, targets, excluded, n);
  }
  const pairs = excludedPairs(targets, excluded);
  const ranked = tf.tidy(() => ({
    ...rankScores(
      scores_NV,
      tf.tensor1d(targets, 'int32'),
      tf.tensor2d(pairs, [pairs.length / 2, 2], 'int32'),
      n,
    ),
  }));
  try {
    return readRanked(ranked, scores_NV, targets, excluded, n);
  } finally {
    tf.dispose(Object.values(ranked));
  }
}

/** Targets by `standTargets`, lists by `topItems`. */
function rankApart(
  scores_NV: tf.Tensor2D,
  targets: Int32Array,
  excluded: readonly Int32Array[],
  n: number,
): RankedBatch {
  return {
    standing: standTargets(scores_NV, targets, excluded),
    lists: n > 0 ? topItems(scores_NV, n, excluded, { keep: targets }).items : [],
  };
}

/**
 * The excluded items as pairs (row, item) without the targets, at least one pair; filled up to `length` with (0, 0).
 *
 * @throws RangeError when there are more than `length`
 */
export function excludedPairs(
  targets: Int32Array,
  excluded: readonly Int32Array[],
  length?: number,
): Int32Array {
  const count = excluded.reduce((sum, own) => sum + own.length, 0);
  if (length !== undefined && count > length) {
    throw new RangeError(`excludedPairs: ${count} excluded items do not fit into ${length} places`);
  }
  const pairs = new Int32Array(2 * Math.max(1, length ?? count));
  let place = 0;
  for (const [row, own] of excluded.entries()) {
    for (const item of own) {
      if (item === targets[row]) continue;
      pairs[place++] = row;
      pairs[place++] = item;
    }
  }
  return pairs;
}

/** Above this share of rows with ties all are read at once: reading row by row takes several times as long for popularity. */
const manyTied = 1 / 8;

/**
 * Copy what `rankScores` found to JavaScript: few numbers, and the scores of those rows that need a closer look.
 *
 * @param scores_NV what was ranked
 */
export function readRanked(
  { larger_N, level_N, best_NK, sum_N }: RankedScores,
  scores_NV: tf.Tensor2D,
  targets: Int32Array,
  excluded: readonly Int32Array[],
  n: number,
): RankedBatch {
  const [N, V] = scores_NV.shape;
  const standing = {
    larger: Int32Array.from(larger_N.dataSync()),
    tied: Int32Array.from(level_N.dataSync(), (level) => level - 1),
    tiedBefore: new Int32Array(N),
  };
  const isShort = excluded.some((own) => V - 1 - own.length < n);
  // A list with fewer candidates than places, or a score that is not finite: these two know where it ends, and what to say.
  if (isShort || !sum_N.dataSync().every(Number.isFinite)) return rankApart(scores_NV, targets, excluded, n);
  const tiedRows = Array.from(standing.tied.keys()).filter((row) => standing.tied[row]! > 0);
  if (tiedRows.length > N * manyTied) {
    standing.tiedBefore.set(standTargets(scores_NV, targets, excluded).tiedBefore);
  } else {
    for (const row of tiedRows) {
      const score_1V: tf.Tensor2D = tf.slice(scores_NV, [row, 0], [1, V]);
      const [target, own] = [targets.subarray(row, row + 1), [excluded[row]!]];
      standing.tiedBefore[row] = standTargets(score_1V, target, own).tiedBefore[0]!;
      score_1V.dispose();
    }
  }
  const best = best_NK.dataSync<'int32'>();
  const width = best.length / N;
  const lists = Array.from({ length: N }, (_, row) => best.slice(row * width, row * width + n));
  return { standing, lists };
}

/** Arguments that the loops would refuse, with a better message than the library's. */
function fits(N: number, V: number, targets: Int32Array, excluded: readonly Int32Array[]): boolean {
  const isItem = (item: number): boolean => item >= 0 && item < V;
  return (
    targets.length === N &&
    excluded.length === N &&
    targets.every((target) => target >= 1 && target < V) &&
    excluded.every((own) => own.every(isItem))
  );
}
