import * as tf from '@tensorflow/tfjs';
import { executeNative, typeAttribute } from './execute';

/**
 * Cross-entropy by six passes over the scores, gradient included: max, subtract, exp, sum; scale, subtract at the targets.
 *
 * Exponentials are kept and never divided: the division by their sum stands in the scale of the gradient, and where no
 * gradient is asked for, nothing is done for it.
 *
 * @param shares_L what each row counts; they sum to 1
 * @returns the sum of `share · loss` over the rows
 * @source Bishop, "Pattern Recognition and Machine Learning", 2006, section 4.3.4, eq. 4.108-4.109.
 */
export function softmaxCrossEntropyFused(
  logits_LV: tf.Tensor2D,
  targets_L: tf.Tensor1D,
  shares_L: tf.Tensor1D,
): tf.Scalar {
  const L = logits_LV.shape[0];
  const run = tf.customGrad((...args) => {
    const logits = args[0] as tf.Tensor2D;
    const save = args[1] as unknown as (tensors: tf.Tensor[]) => void;
    const places_L2 = tf.stack([tf.range(0, L, 1, 'int32'), targets_L], 1);
    const largest_L1 = tf.max(logits, 1, true);
    const exp_LV = tf.exp(tf.sub(logits, largest_L1));
    const sum_L1 = tf.sum(exp_LV, 1, true);
    const right_L = at(logits, places_L2);
    const loss_L = tf.sub(tf.reshape(tf.add(largest_L1, tf.log(sum_L1)), [L]), right_L);
    save([exp_LV, tf.div(tf.reshape(shares_L, [L, 1]), sum_L1), places_L2, shares_L]);
    return {
      value: tf.sum(tf.mul(loss_L, shares_L)),
      gradFunc: (upstream: tf.Tensor, saved: tf.Tensor[]) => {
        const [exp, scale, places, shares] = saved as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
        return subtractAt(tf.mul(exp, tf.mul(scale, upstream)), places, tf.mul(shares, upstream));
      },
    };
  });
  return tf.tidy(() => run(logits_LV) as tf.Scalar);
}

/** `softmaxCrossEntropyFused` by tfjs's own functions and autograd: the reference in tests and the way on wasm. */
export function softmaxCrossEntropyPlain(
  logits_LV: tf.Tensor2D,
  targets_L: tf.Tensor1D,
  shares_L: tf.Tensor1D,
): tf.Scalar {
  return tf.tidy(() => {
    const oneHot_LV = tf.oneHot(targets_L, logits_LV.shape[1]);
    const right_L = tf.sum(tf.mul(logits_LV, oneHot_LV), 1);
    return tf.sum(tf.mul(shares_L, tf.sub(tf.logSumExp(logits_LV, 1), right_L)));
  });
}

const at = (x_LV: tf.Tensor, places_L2: tf.Tensor): tf.Tensor =>
  executeNative(
    'GatherNd',
    [typeAttribute('Tparams'), typeAttribute('Tindices', 'int32')],
    [x_LV, places_L2],
    1,
  )[0]!;

const subtractAt = (x_LV: tf.Tensor, places_L2: tf.Tensor, values_L: tf.Tensor): tf.Tensor =>
  executeNative(
    'TensorScatterSub',
    [typeAttribute('T'), typeAttribute('Tindices', 'int32')],
    [x_LV, places_L2, values_L],
    1,
  )[0]!;
