import * as tf from '@tensorflow/tfjs';
import { expectShape } from '../base/shape';
import { itemScores } from './item-scores';
import { rowShares } from './row-shares';

/**
 * Bayesian personalised ranking: learn to score the item that came next above sampled items that did not.
 *
 * Only differences of scores count: the loss of a row is the mean over its negatives of
 * `-log sigmoid(score of the target - score of the negative)`. Scores of any size are safe. A row of weight 0 adds exactly
 * nothing to the value or to a gradient.
 *
 * @param hidden_LD    one row for each prediction
 * @param table_VD     one vector an item
 * @param targets_L    int32, the right item of each row, from 0 to V-1 also in rows of weight 0
 * @param negatives_LK int32, K sampled items for each row, from `objectives/sample-negatives`
 * @param weights_L    float32, what each row counts; default: all alike
 * @returns nats, the weighted mean over the rows; log 2 where all scores are equal; 0 where all weights are 0
 * @throws RangeError when shapes do not fit
 * @source Rendle, Freudenthaler, Gantner & Schmidt-Thieme, "BPR: Bayesian Personalized Ranking from Implicit Feedback",
 *   UAI 2009, section 4.1 (BPR-OPT).
 * @differs The mean over K negatives instead of the sum over single triples; no regularisation term, which is the
 *   optimiser's weight decay.
 */
export function bpr(
  hidden_LD: tf.Tensor2D,
  table_VD: tf.Tensor2D,
  targets_L: tf.Tensor1D,
  negatives_LK: tf.Tensor2D,
  weights_L?: tf.Tensor1D,
): tf.Scalar {
  const L = hidden_LD.shape[0];
  expectShape('bpr: targets_L', targets_L, [L]);
  expectShape('bpr: negatives_LK', negatives_LK, [L, null]);
  const K = negatives_LK.shape[1];
  return tf.tidy(() => {
    const items: tf.Tensor2D = tf.concat([tf.reshape(targets_L, [L, 1]), negatives_LK], 1);
    const [positive_L1, negative_LK] = tf.split(itemScores(hidden_LD, table_VD, items), [1, K], 1);
    // -log sigmoid(x) is softplus(-x).
    const loss_L = tf.mean(tf.softplus(tf.sub(negative_LK!, positive_L1!)), 1);
    return tf.sum(tf.mul(loss_L, rowShares(L, weights_L)));
  });
}
