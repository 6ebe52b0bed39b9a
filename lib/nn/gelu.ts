import * as tf from '@tensorflow/tfjs';
import { sigmoidGradient } from './native/activation-gradient';

/**
 * Let a number pass the more, the larger it is: x times the share of a normal distribution that lies below x.
 *
 * Smooth where ReLU has a corner, and slightly negative left of 0 (at least -0.17).
 *
 * @param form 'exact' by the error function; 'tanh' by the approximation that BERT and GPT-2 use, off by at most 5e-4
 * @source Hendrycks & Gimpel, "Gaussian Error Linear Units (GELUs)", arXiv:1606.08415, 2016, section 2.
 */
export function gelu<X extends tf.Tensor>(x: X, form: 'exact' | 'tanh'): X {
  return tf.tidy(() => (form === 'exact' ? geluExact(x) : geluTanh(x)) as X);
}

/** `y = x Φ(x)`, gradient `Φ(x) + x φ(x)`. */
const geluExact = tf.customGrad((...args) => {
  const [x, save] = args as unknown as [tf.Tensor, (tensors: tf.Tensor[]) => void];
  const below = tf.add(tf.mul(tf.erf(tf.mul(x, Math.SQRT1_2)), 0.5), 0.5);
  save([x, below]);
  return {
    value: tf.mul(x, below),
    gradFunc: (upstream: tf.Tensor, saved: tf.Tensor[]) => {
      const [x, below] = saved as [tf.Tensor, tf.Tensor];
      const bell = tf.exp(tf.mul(tf.square(x), -0.5));
      const slope = tf.mul(tf.mul(x, bell), 1 / Math.sqrt(2 * Math.PI));
      return tf.mul(upstream, tf.add(below, slope));
    },
  };
});

/** 2 sqrt(2 / pi): with it, `(1 + tanh(u)) / 2` is `sigmoid(2u)`, which takes fewer passes. */
const linearTerm = 2 * Math.sqrt(2 / Math.PI);
const cubicTerm = 0.044715 * linearTerm;

/** `y = x s` with `s = sigmoid(x (a + c x²))`, gradient `s + x s (1 - s) (a + 3 c x²)`. */
const geluTanh = tf.customGrad((...args) => {
  const [x, save] = args as unknown as [tf.Tensor, (tensors: tf.Tensor[]) => void];
  const share = tf.sigmoid(tf.mul(x, tf.add(tf.mul(tf.square(x), cubicTerm), linearTerm)));
  save([x, share]);
  return {
    value: tf.mul(x, share),
    gradFunc: (upstream: tf.Tensor, saved: tf.Tensor[]) => {
      const [x, share] = saved as [tf.Tensor, tf.Tensor];
      const steepness = tf.mul(x, tf.add(tf.mul(tf.square(x), 3 * cubicTerm), linearTerm));
      return tf.mul(upstream, tf.add(share, sigmoidGradient(share, steepness)));
    },
  };
});
