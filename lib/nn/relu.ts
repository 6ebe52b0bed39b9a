import * as tf from '@tensorflow/tfjs';
import { reluGradient } from './native/activation-gradient';

/**
 * Let positive numbers pass and turn negative ones into 0.
 *
 * One op forward and one back. tfjs's own gradient uploads an array of ones at every step, which a recording refuses.
 *
 * @source Nair & Hinton, "Rectified Linear Units Improve Restricted Boltzmann Machines", ICML 2010, section 2.
 */
export function relu<X extends tf.Tensor>(x: X): X {
  return tf.tidy(() => reluOf(x) as X);
}

const reluOf = tf.customGrad((...args) => {
  const [x, save] = args as unknown as [tf.Tensor, (tensors: tf.Tensor[]) => void];
  const value = tf.relu(x);
  save([value]);
  return {
    value,
    gradFunc: (upstream: tf.Tensor, saved: tf.Tensor[]) => reluGradient(saved[0]!, upstream),
  };
});
