import * as tf from '@tensorflow/tfjs';
import { expectShape } from '../base/shape';
import { itemScores } from './item-scores';
import { meanLogSumExp } from './mean-log-sum-exp';
import { rowShares } from './row-shares';
import { takeRows } from './take-rows';

/** Negatives that all rows of a batch share, and how often each item was to be expected among them. */
export interface SharedNegatives {
  readonly negatives_N: tf.Tensor1D; // int32, rows of the table; repeats allowed
  readonly logExpected_N: tf.Tensor1D; // log of the expected count of each negative among the N draws
  readonly logExpectedTarget_L: tf.Tensor1D; // the same for the target of each row
}

/**
 * Cross-entropy over all items, estimated from a sample of them.
 *
 * Each score is lowered by the log of the item's expected count in the sample, so that an item that is drawn often does
 * not count more than one that is drawn rarely. Where `logExpectedTarget_L` is 0 (the target is there once, for certain),
 * the sum of exponentials has the sum over all items as its expectation. A negative that happens to be the row's target is
 * left out of that row. A row of weight 0 adds exactly nothing to the value or to a gradient.
 *
 * @param hidden_LD one row for each prediction
 * @param table_VD  one vector an item
 * @param targets_L int32, the right item of each row, from 0 to V-1 also in rows of weight 0
 * @param sample    from `objectives/sample-negatives`
 * @param weights_L float32, what each row counts; default: all alike
 * @returns nats, the weighted mean over the rows; 0 where all weights are 0
 * @throws RangeError when shapes do not fit
 * @source Bengio & Senécal, "Adaptive Importance Sampling to Accelerate Training of a Neural Probabilistic Language
 *   Model", IEEE Transactions on Neural Networks 19(4), 2008; Jean, Cho, Memisevic & Bengio, "On Using Very Large Target
 *   Vocabulary for Neural Machine Translation", ACL 2015, section 3.
 * @differs The target always takes part. Lowered by its own expected count it is TensorFlow's sampled_softmax_loss
 *   (https://www.tensorflow.org/api_docs/python/tf/nn/sampled_softmax_loss), for which the expectation above does not hold.
 */
export function sampledSoftmax(
  hidden_LD: tf.Tensor2D,
  table_VD: tf.Tensor2D,
  targets_L: tf.Tensor1D,
  { negatives_N, logExpected_N, logExpectedTarget_L }: SharedNegatives,
  weights_L?: tf.Tensor1D,
): tf.Scalar {
  const [L, N] = [hidden_LD.shape[0], negatives_N.shape[0]];
  expectShape('sampledSoftmax: targets_L', targets_L, [L]);
  expectShape('sampledSoftmax: logExpected_N', logExpected_N, [N]);
  expectShape('sampledSoftmax: logExpectedTarget_L', logExpectedTarget_L, [L]);
  return tf.tidy(() => {
    // The correction is the weight of one more input that is always 1: it costs no pass over the scores.
    const hidden: tf.Tensor2D = tf.concat([hidden_LD, tf.fill([L, 1], 1)], 1);
    const correction_N1 = tf.reshape<tf.Rank.R2>(tf.neg(logExpected_N), [N, 1]);
    const candidates: tf.Tensor2D = tf.concat([takeRows(table_VD, negatives_N), correction_N1], 1);
    const score_L = tf.reshape(itemScores(hidden_LD, table_VD, tf.reshape(targets_L, [L, 1])), [L]);
    const right_L: tf.Tensor1D = tf.sub(score_L, logExpectedTarget_L);
    const shares_L = rowShares(L, weights_L);
    const logSum = meanLogSumExp(hidden, candidates, shares_L, {
      extra_L: right_L,
      leaveOut: { ownItem_L: targets_L, candidates_V: negatives_N },
    });
    return tf.sub(logSum, tf.sum(tf.mul(shares_L, right_L)));
  });
}
