import * as tf from '@tensorflow/tfjs';
import type { Rng } from '../../base/random';
import { initLinear, linear, type LinearParams } from '../../nn/linear';
import { relu } from '../../nn/relu';

/** What says how much each field of a row counts. F -> R -> F. */
export interface SqueezeExcitationParams {
  readonly squeeze: LinearParams; // [F, R]
  readonly excite: LinearParams; // [R, F]
}

/** Fields to one number of the narrow layer. */
const reduction = 3; // Huang et al., section 4.3

/** Draw the weights: at the start every field counts about once. */
export function initSqueezeExcitation(numFields: number, rng: Rng): SqueezeExcitationParams {
  const narrow = Math.max(1, Math.round(numFields / reduction));
  return {
    squeeze: initLinear(numFields, narrow, rng.child('squeeze')),
    excite: initLinear(narrow, numFields, rng.child('excite')),
  };
}

/**
 * Weigh the vectors of a row's fields by how much each counts in this row.
 *
 * Each vector is squeezed to its mean; from the means of all fields a small network finds a factor for each, between 0 and 2.
 *
 * @returns `[N, F, D]`
 * @source Huang, Zhang & Zhang, "FiBiNET: Combining Feature Importance and Bilinear Feature Interaction for Click-Through Rate Prediction",
 *   RecSys 2019, section 3.2 (SENET layer).
 * @differs Factors are 2 · sigmoid, not a ReLU, by which a field could be lost for good; no bilinear products.
 */
export function squeezeExcitation(params: SqueezeExcitationParams, vectors_NFD: tf.Tensor3D): tf.Tensor3D {
  return tf.tidy(() => {
    const mean_NF: tf.Tensor2D = tf.mean(vectors_NFD, 2);
    const logit_NF = linear(params.excite, relu(linear(params.squeeze, mean_NF)));
    const factor_NF = tf.mul(tf.sigmoid(logit_NF), 2);
    return tf.mul(vectors_NFD, tf.expandDims(factor_NF, 2));
  });
}
