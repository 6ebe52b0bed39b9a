import * as tf from '@tensorflow/tfjs';
import { weight } from '../base/tree';
import type { Rng } from '../base/random';
import { biasAddGradNative } from './native/bias-add';
import { hasNativeOps } from './native/execute';
import { matMulBiasNative, matMulNative } from './native/mat-mul';

/** Weights of a linear layer from width I to width O. */
export interface LinearWeights<Leaf extends tf.Tensor = tf.Tensor> {
  readonly kernel: Leaf; // [I, O]
  readonly bias: Leaf; // [O]
}

/** Trainable weights of a linear layer. */
export type LinearParams = LinearWeights<tf.Variable>;

/**
 * Draw the weights of a linear layer: kernel uniform in ±sqrt(6 / (I + O)), so that neither values nor gradients grow or
 * shrink from layer to layer; bias zero.
 *
 * @source Glorot & Bengio, "Understanding the Difficulty of Training Deep Feedforward Neural Networks", AISTATS 2010,
 *   eq. 16 (the normalized initialization, also called Xavier uniform).
 */
export function initLinear(inputWidth: number, outputWidth: number, rng: Rng): LinearParams {
  const limit = Math.sqrt(6 / (inputWidth + outputWidth));
  const kernel = Float32Array.from({ length: inputWidth * outputWidth }, () => (2 * rng.next() - 1) * limit);
  return {
    kernel: weight<tf.Rank.R2>(kernel, [inputWidth, outputWidth]),
    bias: weight<tf.Rank.R1>(new Float32Array(outputWidth), [outputWidth]),
  };
}

/**
 * Turn each vector into weighted sums of its numbers: `x · kernel + bias`.
 *
 * @param x `[N, I]` or `[B, T, I]`
 * @returns `[N, O]` or `[B, T, O]`
 * @source Bishop, "Pattern Recognition and Machine Learning", 2006, section 5.1, eq. 5.2.
 */
export function linear<X extends tf.Tensor2D | tf.Tensor3D>(params: LinearWeights, x: X): X {
  return hasNativeOps() ? linearFused(params, x) : linearPlain(params, x);
}

/** `linear` with its gradient written out: two products and one sum of rows. */
export function linearFused<X extends tf.Tensor2D | tf.Tensor3D>(params: LinearWeights, x: X): X {
  const run = tf.customGrad((...args) => {
    const [x_NI, kernel, bias] = args as unknown as [tf.Tensor2D, tf.Tensor2D, tf.Tensor1D];
    const save = args[3] as unknown as (tensors: tf.Tensor[]) => void;
    save([x_NI, kernel]);
    return {
      value: matMulBiasNative(x_NI, kernel, bias),
      gradFunc: (upstream: tf.Tensor, saved: tf.Tensor[]) => {
        const [x_NI, kernel] = saved as [tf.Tensor2D, tf.Tensor2D];
        const upstream_NO = upstream as tf.Tensor2D;
        return [
          matMulNative(upstream_NO, kernel, false, true),
          matMulNative(x_NI, upstream_NO, true),
          biasAddGradNative(upstream_NO),
        ];
      },
    };
  });
  return asRows(x, (x_NI) => run(x_NI, params.kernel, params.bias) as tf.Tensor2D);
}

/** `linear` by tfjs's own functions: the reference in tests and the way on wasm. */
export function linearPlain<X extends tf.Tensor2D | tf.Tensor3D>(params: LinearWeights, x: X): X {
  return asRows(x, (x_NI) => tf.add(tf.matMul(x_NI, params.kernel as tf.Tensor2D), params.bias));
}

/** All positions of all sequences as the rows of one matrix, so that there is one product and not B small ones. */
function asRows<X extends tf.Tensor2D | tf.Tensor3D>(x: X, ofRows: (x_NI: tf.Tensor2D) => tf.Tensor2D): X {
  return tf.tidy(() => {
    if (x.rank === 2) return ofRows(x as tf.Tensor2D) as tf.Tensor as X;
    const [B, T, I] = x.shape as [number, number, number];
    return tf.reshape<tf.Rank>(ofRows(tf.reshape(x, [B * T, I])), [B, T, -1]) as X;
  });
}
