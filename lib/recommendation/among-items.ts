import * as tf from '@tensorflow/tfjs';
import type { Scorer } from './scorer';

/** Below any score, and finite. */
const out = -1e30;

/**
 * Let only some items be recommended: those of a shop's section, what is in stock, or what came after a training.
 *
 * @param isCandidate by item index, 1 for an item that may be recommended; padding does not count
 * @throws RangeError when there is not one entry an item, or no candidate
 */
export function amongItems(scorer: Scorer, isCandidate: Uint8Array, name: string = scorer.name): Scorer {
  if (isCandidate.length !== scorer.numItems) {
    throw new RangeError(`amongItems: ${isCandidate.length} entries for ${scorer.numItems} items`);
  }
  if (!isCandidate.some((is, item) => is === 1 && item > 0)) {
    throw new RangeError('amongItems: there is no candidate');
  }
  const mask = Float32Array.from(isCandidate, (is) => (is === 1 ? 1 : 0));
  return {
    name,
    numItems: scorer.numItems,
    score: (histories) =>
      tf.tidy(() => {
        const scores_NV = scorer.score(histories);
        const mask_1V = tf.tensor2d(mask, [1, mask.length]);
        return tf.add(tf.mul(scores_NV, mask_1V), tf.mul(tf.sub(1, mask_1V), out));
      }),
  };
}
