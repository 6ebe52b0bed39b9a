import * as tf from '@tensorflow/tfjs';
import { executeNative, hasNativeOps, typeAttribute } from '../nn/native/execute';

/**
 * Shorten all gradients together when they are too long, keeping their direction.
 *
 * Gradients short enough come back bit for bit: the factor is then exactly 1.
 *
 * @param gradients by path; not disposed
 * @param maxNorm   longest Euclidean length over all gradients together; Infinity clips nothing
 * @returns new tensors by the same paths, and the length before
 * @throws RangeError when `maxNorm` is not above 0
 * @source Pascanu, Mikolov & Bengio, "On the Difficulty of Training Recurrent Neural Networks", ICML 2013, algorithm 1.
 * @differs PyTorch's `clip_grad_norm_` divides by the length plus 1e-6.
 */
export function clipByGlobalNorm(
  gradients: ReadonlyMap<string, tf.Tensor>,
  maxNorm: number,
): { clipped: Map<string, tf.Tensor>; norm: tf.Scalar } {
  if (!(maxNorm > 0)) throw new RangeError(`clipByGlobalNorm: maxNorm must be above 0, got ${maxNorm}`);
  const norm = tf.tidy(() =>
    tf.sqrt(tf.mul(tf.addN([...gradients.values()].map(halfSquares)), 2)),
  ) as tf.Scalar;
  if (maxNorm === Infinity) {
    return { clipped: new Map([...gradients].map(([path, gradient]) => [path, gradient.clone()])), norm };
  }
  const factor = tf.tidy(() => tf.div(maxNorm, tf.maximum(norm, maxNorm)));
  const clipped = new Map([...gradients].map(([path, gradient]) => [path, tf.mul(gradient, factor)]));
  factor.dispose();
  return { clipped, norm };
}

/** Half the sum of squares; native: in one pass, without a tensor of squares. */
function halfSquares(x: tf.Tensor): tf.Tensor {
  return hasNativeOps()
    ? executeNative('L2Loss', [typeAttribute('T')], [x], 1)[0]!
    : tf.div(tf.sum(tf.square(x)), 2);
}
