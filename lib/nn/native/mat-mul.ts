import * as tf from '@tensorflow/tfjs';
import { biasAddNative } from './bias-add';
import { boolAttribute, executeNative, hasNativeOps, typeAttribute } from './execute';

/**
 * The product of two matrices, by TensorFlow's op for two matrices.
 *
 * `tf.matMul` takes the op for stacks of matrices: for [640, 64]ᵀ · [640, 3500] 2.4 ms instead of 1.9, for
 * [3200, 64]ᵀ · [3200, 192] .66 instead of .58 (1 thread). Has no gradient: for custom gradients only.
 *
 * @returns `a · b`, each transposed first if asked
 */
export function matMulNative(
  a: tf.Tensor,
  b: tf.Tensor,
  transposeA = false,
  transposeB = false,
): tf.Tensor2D {
  if (!hasNativeOps()) return tf.matMul(a, b, transposeA, transposeB);
  const attributes = [
    typeAttribute('T'),
    boolAttribute('transpose_a', transposeA),
    boolAttribute('transpose_b', transposeB),
  ];
  return executeNative('MatMul', attributes, [a, b], 1)[0]! as tf.Tensor2D;
}

/** `x · kernel + bias` by MatMul and BiasAdd, the pair of ops that TensorFlow merges into one within a graph. */
export function matMulBiasNative(x_NI: tf.Tensor, kernel: tf.Tensor, bias: tf.Tensor): tf.Tensor {
  return biasAddNative(matMulNative(x_NI, kernel), bias);
}
