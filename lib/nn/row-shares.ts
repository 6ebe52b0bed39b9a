import * as tf from '@tensorflow/tfjs';
import { expectShape } from '../base/shape';

/**
 * Turn row weights into shares of a mean: `w / Σ w`, so that `Σ share · loss` is the weighted mean of the row losses.
 *
 * A row of weight 0 has share 0. Where all weights are 0 all shares are 0, not NaN. Weights get no gradient.
 *
 * @param rows      L
 * @param weights_L float32, none negative; default: all alike
 */
export function rowShares(rows: number, weights_L?: tf.Tensor1D): tf.Tensor1D {
  if (weights_L === undefined) return tf.fill([rows], 1 / rows);
  expectShape('weights_L', weights_L, [rows]);
  // 1e-30: small beside any sum of weights, and no denormal number.
  return tf.tidy(() => tf.div(weights_L, tf.maximum(tf.sum(weights_L), 1e-30)));
}
