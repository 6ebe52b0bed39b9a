import * as tf from '@tensorflow/tfjs';
import { weight } from '../base/tree';
import { biasAddGradNative, biasAddNative } from './native/bias-add';
import { hasNativeOps } from './native/execute';
import { matMulNative } from './native/mat-mul';

/** Weights of a layer normalization over vectors of width D. */
export interface LayerNormWeights<Leaf extends tf.Tensor = tf.Tensor> {
  readonly scale: Leaf; // [D]
  readonly shift: Leaf; // [D]
}

/** Trainable weights of a layer normalization. */
export type LayerNormParams = LayerNormWeights<tf.Variable>;

/** A layer normalization that only normalizes: scale 1, shift 0. */
export function initLayerNorm(width: number): LayerNormParams {
  return {
    scale: weight<tf.Rank.R1>(new Float32Array(width).fill(1), [width]),
    shift: weight<tf.Rank.R1>(new Float32Array(width), [width]),
  };
}

/**
 * Bring each vector to mean 0 and variance 1, then stretch and move it by learned amounts.
 *
 * Every vector is treated by itself: neither its batch nor its neighbours in time change the result.
 *
 * @param x       any shape that ends with the width D
 * @param epsilon added to the variance, so that a constant vector gives `shift` and not a division by zero
 * @source Ba, Kiros & Hinton, "Layer Normalization", arXiv:1607.06450, 2016, section 3, eq. 3-4.
 * @differs `epsilon` inside the root, as in every implementation; the paper has none.
 */
export function layerNorm<X extends tf.Tensor>(params: LayerNormWeights, x: X, epsilon = 1e-5): X {
  return hasNativeOps() ? layerNormFused(params, x, epsilon) : layerNormPlain(params, x, epsilon);
}

/** `layerNorm` with the closed form of its gradient, in less than half the ops that autograd takes. */
export function layerNormFused<X extends tf.Tensor>(params: LayerNormWeights, x: X, epsilon = 1e-5): X {
  const D = x.shape[x.rank - 1]!;
  const run = tf.customGrad((...args) => {
    const [x_ND, scale, shift] = args as unknown as [tf.Tensor2D, tf.Tensor1D, tf.Tensor1D];
    const save = args[3] as unknown as (tensors: tf.Tensor[]) => void;
    const { unit_ND, perDeviation_N1 } = unitRows(x_ND, epsilon);
    save([unit_ND, perDeviation_N1, scale]);
    return {
      value: biasAddNative(tf.mul(unit_ND, scale), shift),
      gradFunc: (upstream: tf.Tensor, saved: tf.Tensor[]) => {
        const [unit_ND, perDeviation_N1, scale] = saved as [tf.Tensor2D, tf.Tensor2D, tf.Tensor1D];
        const upstream_ND = upstream as tf.Tensor2D;
        const scaleGrad_ND = tf.mul(upstream_ND, unit_ND);
        // Means over the width of upstream * scale, and of that times unit: scaled and averaged in one product each.
        const meanOf_D1 = tf.reshape<tf.Rank.R2>(tf.div(scale, D), [D, 1]);
        const along1_N1 = matMulNative(upstream_ND, meanOf_D1);
        const alongUnit_N1 = matMulNative(scaleGrad_ND, meanOf_D1);
        const direct_ND = tf.sub(tf.mul(upstream_ND, scale), along1_N1);
        return [
          tf.mul(tf.sub(direct_ND, tf.mul(unit_ND, alongUnit_N1)), perDeviation_N1),
          biasAddGradNative(scaleGrad_ND),
          biasAddGradNative(upstream_ND),
        ];
      },
    };
  });
  return asRows(x, (x_ND) => run(x_ND, params.scale, params.shift) as tf.Tensor2D);
}

/** `layerNorm` by tfjs's own functions, gradient by its autograd: the reference in tests and the way on wasm. */
export function layerNormPlain<X extends tf.Tensor>(params: LayerNormWeights, x: X, epsilon = 1e-5): X {
  return tf.tidy(() => tf.add<X>(tf.mul(normalizePlain(x, epsilon), params.scale), params.shift));
}

/**
 * Bring each vector to mean 0 and variance 1: `layerNorm` without the learned part.
 *
 * @param x       any shape that ends with the width D
 * @param epsilon as in `layerNorm`
 * @source Ba, Kiros & Hinton, "Layer Normalization", arXiv:1607.06450, 2016, section 3, eq. 3.
 */
export function normalize<X extends tf.Tensor>(x: X, epsilon = 1e-5): X {
  return hasNativeOps() ? normalizeFused(x, epsilon) : normalizePlain(x, epsilon);
}

/** `normalize` with the closed form of its gradient. */
export function normalizeFused<X extends tf.Tensor>(x: X, epsilon = 1e-5): X {
  const run = tf.customGrad((...args) => {
    const [x_ND, save] = args as unknown as [tf.Tensor2D, (tensors: tf.Tensor[]) => void];
    const { unit_ND, perDeviation_N1 } = unitRows(x_ND, epsilon);
    save([unit_ND, perDeviation_N1]);
    return {
      value: unit_ND,
      gradFunc: (upstream: tf.Tensor, saved: tf.Tensor[]) => {
        const [unit_ND, perDeviation_N1] = saved as [tf.Tensor2D, tf.Tensor2D];
        const direct_ND = tf.sub(upstream, tf.mean(upstream, 1, true));
        const alongUnit_N1 = tf.mean(tf.mul(upstream, unit_ND), 1, true);
        return tf.mul(tf.sub(direct_ND, tf.mul(unit_ND, alongUnit_N1)), perDeviation_N1);
      },
    };
  });
  return asRows(x, (x_ND) => run(x_ND) as tf.Tensor2D);
}

/** `normalize` by tfjs's own functions: the reference in tests and the way on wasm. */
export function normalizePlain<X extends tf.Tensor>(x: X, epsilon = 1e-5): X {
  return tf.tidy(() => {
    const { mean, variance } = tf.moments(x, -1, true);
    return tf.mul<X>(tf.sub(x, mean), tf.rsqrt(tf.add(variance, epsilon)));
  });
}

/** Each row at mean 0 and variance 1, and what it was multiplied by. */
function unitRows(x_ND: tf.Tensor2D, epsilon: number): { unit_ND: tf.Tensor; perDeviation_N1: tf.Tensor } {
  const centred_ND = tf.sub(x_ND, tf.mean(x_ND, 1, true));
  const perDeviation_N1 = tf.rsqrt(tf.add(tf.mean(tf.square(centred_ND), 1, true), epsilon));
  return { unit_ND: tf.mul(centred_ND, perDeviation_N1), perDeviation_N1 };
}

function asRows<X extends tf.Tensor>(x: X, ofRows: (x_ND: tf.Tensor2D) => tf.Tensor2D): X {
  return tf.tidy(() => {
    const rows_ND = ofRows(tf.reshape(x, [-1, x.shape[x.rank - 1]!]));
    return tf.reshape<tf.Rank>(rows_ND, x.shape) as X;
  });
}
