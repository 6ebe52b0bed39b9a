import * as tf from '@tensorflow/tfjs';

/**
 * Whether a model is being trained. Training carries the key that its dropout draws from,
 * so inference cannot drop by accident and training cannot forget its seed.
 *
 * `key` is int32[2]: (seed, step). Every random site folds its own number in. It is a tensor
 * and not a JavaScript generator because a recorded graph would freeze the latter's numbers.
 */
export type Mode = { readonly training: false } | { readonly training: true; readonly key: tf.Tensor1D };

/** Use a model without changing it and without dropout. */
export const inference: Mode = { training: false };

/** Make the mode of one training step. The caller disposes `key`. */
export function trainingMode(
  seed: number,
  step: number,
): { readonly training: true; readonly key: tf.Tensor1D } {
  return { training: true, key: tf.tensor1d([seed, step], 'int32') };
}
