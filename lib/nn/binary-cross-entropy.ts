import * as tf from '@tensorflow/tfjs';
import { expectShape } from '../base/shape';
import { itemScores } from './item-scores';
import { rowShares } from './row-shares';

export interface BinaryCrossEntropyOptions {
  /** What each row counts, float32; 0 for padding. Default: all alike. */
  readonly weights_L?: tf.Tensor1D;
  /** Power of the target's probability; 1 is plain binary cross-entropy, below 1 is what `gbce` takes. Default: 1. */
  readonly positivePower?: number;
}

/**
 * Learn to tell the item that came next from sampled items that did not: yes or no, one item at a time.
 *
 * The probability of "yes" is the sigmoid of an item's score; the loss of a row is the mean surprise over its target and
 * its K negatives. Scores of any size are safe. A row of weight 0 adds exactly nothing to the value or to a gradient.
 *
 * @param hidden_LD    one row for each prediction
 * @param table_VD     one vector an item
 * @param targets_L    int32, the right item of each row, from 0 to V-1 also in rows of weight 0
 * @param negatives_LK int32, K sampled items for each row, from `objectives/sample-negatives`
 * @returns nats, the weighted mean over the rows; log 2 where all scores are 0; 0 where all weights are 0
 * @throws RangeError when shapes do not fit
 * @source Kang & McAuley, "Self-Attentive Sequential Recommendation", ICDM 2018, section III-E.
 * @differs K negatives instead of one, and the mean over the K + 1 items where the paper has the sum (as Petrov &
 *   Macdonald, RecSys 2023): with K = 1, half of the paper's value.
 */
export function binaryCrossEntropy(
  hidden_LD: tf.Tensor2D,
  table_VD: tf.Tensor2D,
  targets_L: tf.Tensor1D,
  negatives_LK: tf.Tensor2D,
  { weights_L, positivePower = 1 }: BinaryCrossEntropyOptions = {},
): tf.Scalar {
  const L = hidden_LD.shape[0];
  expectShape('binaryCrossEntropy: targets_L', targets_L, [L]);
  expectShape('binaryCrossEntropy: negatives_LK', negatives_LK, [L, null]);
  const K = negatives_LK.shape[1];
  return tf.tidy(() => {
    const items: tf.Tensor2D = tf.concat([tf.reshape(targets_L, [L, 1]), negatives_LK], 1);
    const [positive_L1, negative_LK] = tf.split(itemScores(hidden_LD, table_VD, items), [1, K], 1);
    // -log sigmoid(x) is softplus(-x), and -log(1 - sigmoid(x)) is softplus(x).
    const right_L1 = tf.mul(tf.softplus(tf.neg(positive_L1!)), positivePower);
    const wrong_L1 = tf.sum(tf.softplus(negative_LK!), 1, true);
    const loss_L = tf.reshape(tf.add(right_L1, wrong_L1), [L]);
    return tf.sum(tf.mul(tf.div(loss_L, K + 1), rowShares(L, weights_L)));
  });
}
