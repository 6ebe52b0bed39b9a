import * as tf from '@tensorflow/tfjs';
import { expectShape } from '../base/shape';
import { hasNativeOps } from './native/execute';
import { softmaxCrossEntropyFused, softmaxCrossEntropyPlain } from './native/softmax-cross-entropy';
import { rowShares } from './row-shares';

/**
 * How surprised a softmax over the scores is by the right answers: the mean of `log Σ exp(scores) - score of the target`.
 *
 * Scores of any size are safe. A row of weight 0 adds exactly nothing to the value or to the gradient.
 *
 * @param logits_LV scores, one row for each prediction
 * @param targets_L int32, the right column of each row, from 0 to V-1 also in rows of weight 0
 * @param weights_L float32, what each row counts; default: all alike
 * @returns nats, the weighted mean over the rows; 0 where all weights are 0
 * @throws RangeError when shapes do not fit
 * @source Bishop, "Pattern Recognition and Machine Learning", 2006, section 4.3.4, eq. 4.108-4.109.
 */
export function softmaxCrossEntropy(
  logits_LV: tf.Tensor2D,
  targets_L: tf.Tensor1D,
  weights_L?: tf.Tensor1D,
): tf.Scalar {
  const [L] = logits_LV.shape;
  expectShape('softmaxCrossEntropy: targets_L', targets_L, [L]);
  const run = hasNativeOps() ? softmaxCrossEntropyFused : softmaxCrossEntropyPlain;
  return tf.tidy(() => run(logits_LV, targets_L, rowShares(L, weights_L)));
}
