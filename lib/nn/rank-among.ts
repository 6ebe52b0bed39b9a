import * as tf from '@tensorflow/tfjs';
import type { TargetStanding } from './rank';

/**
 * Count, for each user, those of a few given candidates that stand before and level with the target.
 *
 * What `standTargets` does for all items, for a sample of them. Only the scores of the target and of its candidates are read back.
 *
 * @param scores_NV  one row of scores a user
 * @param targets    the item to find, one a user
 * @param candidates items that compete with it, one list a user, without the target and each once
 * @throws RangeError when there are not as many targets and lists as rows, an item is none, or a list holds the target
 * @throws Error naming row and item when a score that is needed is NaN or infinite
 * @source Koren, "Factorization Meets the Neighborhood: A Multifaceted Collaborative Filtering Model", KDD 2008, section 6 (a target among
 *   1000 random items); Krichene & Rendle, "On Sampled Metrics for Item Recommendation", KDD 2020 (what is wrong with it).
 */
export function standAmong(
  scores_NV: tf.Tensor2D,
  targets: Int32Array,
  candidates: readonly Int32Array[],
): TargetStanding {
  const [N, V] = scores_NV.shape;
  if (targets.length !== N || candidates.length !== N) {
    throw new RangeError(
      `standAmong: ${N} rows of scores, ${targets.length} targets and ${candidates.length} lists of candidates`,
    );
  }
  const asked = candidates.map((own, row) => [targets[row]!, ...own]);
  for (const [row, items] of asked.entries()) {
    const wrong = items.find((item) => !(item >= 1 && item < V));
    if (wrong !== undefined) {
      throw new RangeError(`standAmong: row ${row} asks for item ${wrong}, items are 1 to ${V - 1}`);
    }
    if (items.lastIndexOf(targets[row]!) > 0) {
      throw new RangeError(`standAmong: the target of row ${row} is among its candidates`);
    }
  }
  const scores = tf.tidy(() => {
    const places = Int32Array.from(asked.flatMap((items, row) => items.map((item) => row * V + item)));
    return tf.gather(tf.reshape(scores_NV, [N * V]), tf.tensor1d(places, 'int32')).dataSync<'float32'>();
  });
  const standing = { larger: new Int32Array(N), tied: new Int32Array(N), tiedBefore: new Int32Array(N) };
  let at = 0;
  for (const [row, items] of asked.entries()) {
    const target = scores[at]!;
    for (const item of items) {
      const score = scores[at++]!;
      if (!Number.isFinite(score)) {
        throw new Error(
          `standAmong: row ${row} scores item ${item} as ${score}; every candidate needs a finite score`,
        );
      }
      if (item === items[0]) continue;
      if (score > target) standing.larger[row]! += 1;
      if (score !== target) continue;
      standing.tied[row]! += 1;
      if (item < items[0]!) standing.tiedBefore[row]! += 1;
    }
  }
  return standing;
}
