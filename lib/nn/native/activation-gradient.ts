import * as tf from '@tensorflow/tfjs';
import { executeNative, hasNativeOps, typeAttribute } from './execute';

/** Gradient through `y = tanh(x)`: `upstream * (1 - y²)`. */
export function tanhGradient(y: tf.Tensor, upstream: tf.Tensor): tf.Tensor {
  if (hasNativeOps()) return executeNative('TanhGrad', [typeAttribute('T')], [y, upstream], 1)[0]!;
  return tf.mul(upstream, tf.sub(1, tf.square(y)));
}

/** Gradient through `y = sigmoid(x)`: `upstream * y * (1 - y)`. */
export function sigmoidGradient(y: tf.Tensor, upstream: tf.Tensor): tf.Tensor {
  if (hasNativeOps()) return executeNative('SigmoidGrad', [typeAttribute('T')], [y, upstream], 1)[0]!;
  return tf.mul(upstream, tf.mul(y, tf.sub(1, y)));
}

/** Gradient through `y = relu(x)`: `upstream` where y is above 0, and 0 elsewhere. */
export function reluGradient(y: tf.Tensor, upstream: tf.Tensor): tf.Tensor {
  if (hasNativeOps()) return executeNative('ReluGrad', [typeAttribute('T')], [upstream, y], 1)[0]!;
  return tf.mul(upstream, tf.step(y));
}
