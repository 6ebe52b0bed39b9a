import * as tf from '@tensorflow/tfjs';
import { hasNativeOps } from './native/execute';
import { gatherNative, segmentSumNative } from './native/gather';

/**
 * Copy chosen rows of a matrix; the gradient of a row is the sum over the places that took it.
 *
 * @param rows_ND   any matrix
 * @param indices_L int32, each from 0 to N-1; repeats allowed
 * @returns `[L, D]`
 * @throws Error from the backend when an index lies outside the matrix; on a GPU TensorFlow gives zeros instead
 */
export function takeRows(rows_ND: tf.Tensor2D, indices_L: tf.Tensor1D): tf.Tensor2D {
  if (!hasNativeOps()) return tf.gather(rows_ND, indices_L);
  const [N] = rows_ND.shape;
  const take = tf.customGrad((...args) => {
    const rows = args[0] as tf.Tensor;
    const save = args[1] as unknown as (tensors: tf.Tensor[]) => void;
    save([indices_L]);
    return {
      value: gatherNative(rows, indices_L),
      gradFunc: (upstream: tf.Tensor, saved: tf.Tensor[]) => segmentSumNative(upstream, saved[0]!, N),
    };
  });
  return tf.tidy(() => take(rows_ND) as tf.Tensor2D);
}
