import * as tf from '@tensorflow/tfjs';
import { takeRows } from './take-rows';

/**
 * Turn each sequence around within its own length: its last event comes first, and padding stays on the right.
 *
 * Twice is the same as never. `tf.reverse` would bring the padding to the front.
 *
 * @param x_BTD     one vector an event
 * @param isReal_BT 1 for an event, 0 for padding on the right (float32)
 * @returns `[B, T, D]`
 */
export function reverseSequences(x_BTD: tf.Tensor3D, isReal_BT: tf.Tensor2D): tf.Tensor3D {
  return tf.tidy(() => {
    const [B, T, D] = x_BTD.shape;
    const lengths_B1 = tf.cast(tf.sum(isReal_BT, 1, true), 'int32');
    const place_T = tf.range(0, T, 1, 'int32');
    const mirrored_BT = tf.sub(tf.sub(lengths_B1, 1), place_T);
    const from_BT = tf.where(
      tf.greaterEqual(mirrored_BT, 0),
      mirrored_BT,
      tf.add(tf.zerosLike(mirrored_BT), place_T),
    );
    const rowStart_B1 = tf.mul(tf.expandDims(tf.range(0, B, 1, 'int32'), 1), T);
    const places: tf.Tensor1D = tf.reshape(tf.add(rowStart_B1, from_BT), [B * T]);
    return tf.reshape(takeRows(tf.reshape(x_BTD, [B * T, D]), tf.cast(places, 'int32')), [B, T, D]);
  });
}
