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

/** `gelu(x) = geluCore(x √½) √½`. */
const geluExact = (x: tf.Tensor): tf.Tensor => tf.mul(geluCore(tf.mul(x, Math.SQRT1_2)), Math.SQRT1_2);

/**
 * `u (1 + erf u)`: exact GELU without the factor √½ before it and the one after it.
 *
 * Between two linear layers these factors can go into the kernels, which are small, instead of over all numbers.
 */
export function geluCore<X extends tf.Tensor>(u: X): X {
  return tf.tidy(() => geluCoreOf(u) as X);
}

/** With `s = 1 + erf u`, gradient `s + u exp(-u²) 2 / sqrt(pi)`; the last factor stands in the exponent. */
const geluCoreOf = tf.customGrad((...args) => {
  const [u, save] = args as unknown as [tf.Tensor, (tensors: tf.Tensor[]) => void];
  const share = tf.add(tf.erf(u), 1);
  save([u, share]);
  return {
    value: tf.mul(u, share),
    gradFunc: (upstream: tf.Tensor, saved: tf.Tensor[]) => {
      const [u, share] = saved as [tf.Tensor, tf.Tensor];
      const bell = tf.exp(tf.sub(Math.log(2 / Math.sqrt(Math.PI)), tf.square(u)));
      return tf.mul(upstream, tf.add(share, tf.mul(u, bell)));
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
