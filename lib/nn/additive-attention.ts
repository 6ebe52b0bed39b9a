import * as tf from '@tensorflow/tfjs';
import { expectShape } from '../base/shape';
import { weight } from '../base/tree';
import type { Rng } from '../base/random';
import { initLinear, linear, type LinearWeights } from './linear';

/** Weights of an additive attention over vectors of width D, with A numbers to compare by. */
export interface AdditiveAttentionWeights<Leaf extends tf.Tensor = tf.Tensor> {
  readonly projection: LinearWeights<Leaf>; // kernel [D, A], bias [A]
  readonly query: Leaf; // [A, 1]: what is looked for, the same for every sequence
}

/** Trainable weights of an additive attention. */
export type AdditiveAttentionParams = AdditiveAttentionWeights<tf.Variable>;

/**
 * Draw the weights of an additive attention: the projection by `initLinear`, the query normal with a standard deviation of
 * 1/sqrt(A), so that the shares start near equal.
 */
export function initAdditiveAttention(width: number, queryWidth: number, rng: Rng): AdditiveAttentionParams {
  const draw = rng.child('query');
  const query = Float32Array.from({ length: queryWidth }, () => draw.normal() / Math.sqrt(queryWidth));
  return {
    projection: initLinear(width, queryWidth, rng.child('projection')),
    query: weight<tf.Rank.R2>(query, [queryWidth, 1]),
  };
}

/**
 * Sum up a row of vectors by how well each fits one learned question.
 *
 * Each vector gets a score, `tanh(x · kernel + bias) · query`; a softmax over the row makes shares of the scores. Padding has the
 * share 0. The shares of a row sum to 1, equal scores give the mean, and a row without any vector gives zeros.
 *
 * @param x_BTD     one vector a place; the order does not count
 * @param isReal_BT 1 for a vector, 0 for padding (float32), on either side; left out: all are real
 * @returns `[B, D]`
 * @throws RangeError when `isReal_BT` has another shape
 * @source Yang et al., "Hierarchical Attention Networks for Document Classification", NAACL 2016, section 2.2, eq. 5 to 7; the
 *   scores: Bahdanau, Cho & Bengio, "Neural Machine Translation by Jointly Learning to Align and Translate", ICLR 2015, appendix
 *   A.1.2.
 * @differs The query is learned, as by Yang et al.; Bahdanau's is the state of a decoder.
 */
export function additiveAttention(
  params: AdditiveAttentionWeights,
  x_BTD: tf.Tensor3D,
  isReal_BT?: tf.Tensor2D,
): tf.Tensor2D {
  return tf.tidy(() => {
    const shares_BT = additiveAttentionShares(params, x_BTD, isReal_BT);
    return tf.sum(tf.mul(x_BTD, tf.expandDims(shares_BT, 2)), 1);
  });
}

/**
 * The shares that `additiveAttention` sums up by: for pictures and tables.
 *
 * @returns `[B, T]`, each row sums to 1, or to 0 where nothing is real
 * @throws RangeError as `additiveAttention`
 */
export function additiveAttentionShares(
  { projection, query }: AdditiveAttentionWeights,
  x_BTD: tf.Tensor3D,
  isReal_BT?: tf.Tensor2D,
): tf.Tensor2D {
  const [B, T] = x_BTD.shape;
  if (isReal_BT) expectShape('additiveAttention: isReal_BT', isReal_BT, [B, T]);
  return tf.tidy(() => {
    const compared_BTA = tf.tanh(linear(projection, x_BTD));
    const rows: tf.Tensor2D = tf.reshape(compared_BTA, [B * T, -1]);
    const scores_BT = tf.reshape<tf.Rank.R2>(tf.matMul(rows, query), [B, T]);
    if (!isReal_BT) return tf.softmax(scores_BT);
    // Of a row without any vector the softmax is uniform over padding: it counts nothing.
    return tf.mul(tf.softmax(tf.add(scores_BT, tf.mul(tf.sub(isReal_BT, 1), 1e9))), isReal_BT);
  });
}
