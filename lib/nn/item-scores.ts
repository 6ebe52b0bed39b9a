import * as tf from '@tensorflow/tfjs';
import { takeRows } from './take-rows';

/**
 * Score a few chosen items for each row: the dot product of the row with each item's vector.
 *
 * Takes memory for `L * K * D` numbers.
 *
 * @param hidden_LD one row for each prediction
 * @param table_VD  one vector an item
 * @param items_LK  int32, the items of each row, from 0 to V-1
 * @returns `[L, K]`
 * @source Koren, Bell & Volinsky, "Matrix Factorization Techniques for Recommender Systems", Computer 42(8), 2009, eq. 1.
 */
export function itemScores(
  hidden_LD: tf.Tensor2D,
  table_VD: tf.Tensor2D,
  items_LK: tf.Tensor2D,
): tf.Tensor2D {
  return tf.tidy(() => {
    const [L, K] = items_LK.shape;
    const D = table_VD.shape[1];
    const vectors_LKD = tf.reshape(takeRows(table_VD, tf.reshape(items_LK, [L * K])), [L, K, D]);
    return tf.reshape<tf.Rank.R2>(tf.matMul(vectors_LKD, tf.reshape(hidden_LD, [L, D, 1])), [L, K]);
  });
}
