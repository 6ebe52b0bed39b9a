import * as tf from '@tensorflow/tfjs';

/**
 * The place of each event in its own sequence: 0 for the first event, wherever padding stands.
 *
 * Padding before the first event has place 0, padding after an event has that event's place.
 *
 * @param isReal_BT 1 for an event, 0 for padding (float32)
 * @returns int32, `[B, T]`
 */
export function eventPositions(isReal_BT: tf.Tensor2D): tf.Tensor2D {
  return tf.tidy(() => tf.cast(tf.maximum<tf.Tensor2D>(tf.sub(tf.cumsum(isReal_BT, 1), 1), 0), 'int32'));
}
