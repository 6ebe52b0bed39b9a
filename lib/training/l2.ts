import * as tf from '@tensorflow/tfjs';

/** Whether a weight is kept small: matrices and tables are; vectors (biases, gains) and scalars are not. */
export const isRegularised = (weight: tf.Tensor): boolean => weight.rank >= 2;

/**
 * Add the gradient of `l2 / 2` times the sum of squared weights, so that training keeps weights small.
 *
 * @param gradient of the loss, clipped already where it is clipped
 * @returns `gradient + l2 * weight` for a matrix, `gradient` itself for a vector or with `l2` 0
 * @source Krogh & Hertz, "A Simple Weight Decay Can Improve Generalization", NIPS 1991, eq. 1-2; as `weight_decay`
 *   of PyTorch's SGD and Adam.
 * @differs Vectors are left out; PyTorch regularises every weight that it is given.
 */
export function addL2<T extends tf.Tensor>(gradient: T, weight: tf.Tensor, l2: number): T {
  return l2 > 0 && isRegularised(weight) ? tf.add(gradient, tf.mul(weight, l2)) : gradient;
}
