import * as tf from '@tensorflow/tfjs';
import { expectShape } from '../base/shape';
import { itemScores } from './item-scores';
import { meanLogSumExp } from './mean-log-sum-exp';
import { rowShares } from './row-shares';

export interface LinearCrossEntropyOptions {
  /** What each row counts, float32; 0 for padding. Default: all alike. */
  readonly weights_L?: tf.Tensor1D;
  /** Added to the scores of each candidate. Default: none. */
  readonly bias_V?: tf.Tensor1D;
  /** Rows scored at a time; changes memory, speed and the last bits of sums, nothing else. Default: a quick size. */
  readonly chunkRows?: number;
}

/**
 * Mean cross-entropy of "which item comes next?" over all items, without ever holding all scores.
 *
 * Scores are `hidden_LD · table_VDᵀ + bias_V`; they are made and used chunk by chunk, see `meanLogSumExp`. A row of
 * weight 0 adds exactly nothing to the value or to a gradient.
 *
 * @param hidden_LD one row for each prediction
 * @param table_VD  one row for each candidate
 * @param targets_L int32, the row of the right candidate, from 0 to V-1 also in rows of weight 0
 * @returns nats, the weighted mean over the rows; 0 where all weights are 0
 * @throws RangeError when shapes do not fit or `chunkRows` is no whole number from 1
 * @source Bishop, "Pattern Recognition and Machine Learning", 2006, section 4.3.4, eq. 4.108-4.109.
 */
export function linearCrossEntropy(
  hidden_LD: tf.Tensor2D,
  table_VD: tf.Tensor2D,
  targets_L: tf.Tensor1D,
  { weights_L, bias_V, chunkRows }: LinearCrossEntropyOptions = {},
): tf.Scalar {
  const [L, V] = [hidden_LD.shape[0], table_VD.shape[0]];
  expectShape('linearCrossEntropy: targets_L', targets_L, [L]);
  if (bias_V) expectShape('linearCrossEntropy: bias_V', bias_V, [V]);
  return tf.tidy(() => {
    // A bias is the weight of one more input that is always 1: it costs no pass over the scores.
    const hidden: tf.Tensor2D = bias_V ? tf.concat([hidden_LD, tf.fill([L, 1], 1)], 1) : hidden_LD;
    const table: tf.Tensor2D = bias_V ? tf.concat([table_VD, tf.reshape(bias_V, [V, 1])], 1) : table_VD;
    const shares_L = rowShares(L, weights_L);
    const right_L = tf.reshape(itemScores(hidden, table, tf.reshape(targets_L, [L, 1])), [L]);
    const chunks = chunkRows === undefined ? {} : { chunkRows };
    return tf.sub(meanLogSumExp(hidden, table, shares_L, chunks), tf.sum(tf.mul(shares_L, right_L)));
  });
}
