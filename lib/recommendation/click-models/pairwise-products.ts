import * as tf from '@tensorflow/tfjs';

/**
 * The sum of the dot products of all pairs of a row's vectors, in the time of one pass over them.
 *
 * Half of the square of the sum less the sum of the squares.
 *
 * @returns `[N, 1]`
 * @source Rendle, "Factorization Machines", ICDM 2010, lemma 3.1.
 */
export function pairwiseProducts(vectors_NFD: tf.Tensor3D): tf.Tensor2D {
  return tf.tidy(() => {
    const squareOfSum_ND = tf.square(tf.sum(vectors_NFD, 1));
    const sumOfSquares_ND = tf.sum(tf.square(vectors_NFD), 1);
    return tf.mul<tf.Tensor2D>(tf.sum(tf.sub(squareOfSum_ND, sumOfSquares_ND), 1, true), 0.5);
  });
}
