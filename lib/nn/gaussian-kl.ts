import * as tf from '@tensorflow/tfjs';

/**
 * How far normal distributions are from the standard one: the Kullback-Leibler divergence, summed over the last axis.
 *
 * @param mean        `[..., Z]`
 * @param logVariance `[..., Z]`, the logarithm of sigma squared
 * @returns nats, `[...]`: 0 where mean is 0 and variance 1, larger elsewhere
 * @source Kingma & Welling, "Auto-Encoding Variational Bayes", ICLR 2014, appendix B.
 */
export function gaussianKl(mean: tf.Tensor, logVariance: tf.Tensor): tf.Tensor {
  return tf.tidy(() => {
    const terms = tf.sub(tf.add(tf.square(mean), tf.exp(logVariance)), tf.add(logVariance, 1));
    return tf.div(tf.sum(terms, -1), 2);
  });
}
