import * as tf from '@tensorflow/tfjs';

/**
 * Shorten all gradients together when they are too long, keeping their direction.
 *
 * @param gradients by path; not disposed
 * @param maxNorm   longest Euclidean length over all gradients together
 * @returns new tensors by the same paths, and the length before
 * @source Pascanu, Mikolov & Bengio, "On the Difficulty of Training Recurrent Neural Networks", ICML 2013, algorithm 1.
 */
export function clipByGlobalNorm(
  gradients: ReadonlyMap<string, tf.Tensor>,
  maxNorm: number,
): { clipped: Map<string, tf.Tensor>; norm: tf.Scalar } {
  const norm = tf.tidy(() =>
    tf.sqrt(tf.addN([...gradients.values()].map((gradient) => tf.sum(tf.square(gradient))))),
  ) as tf.Scalar;
  const clipped = new Map(
    [...gradients].map(([path, gradient]) => [
      path,
      tf.tidy(() => tf.mul(gradient, tf.minimum(1, tf.div(maxNorm, tf.maximum(norm, 1e-12))))),
    ]),
  );
  return { clipped, norm };
}
