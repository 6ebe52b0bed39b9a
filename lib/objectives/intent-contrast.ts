import * as tf from '@tensorflow/tfjs';
import { constant } from '../nn/constant';
import { rowShares } from '../nn/row-shares';
import { unitRows } from './info-nce';

/** Whether users of one's own intent are wrong answers. */
export const sameIntents = ['left-out', 'negatives'] as const;

/**
 * What users of the same intent are to each other.
 *
 * - `left-out`: neither right nor wrong (false-negative mitigation)
 * - `negatives`: wrong answers like all other users, though their intent is the right one
 */
export type SameIntent = (typeof sameIntents)[number];

/** What a view is asked. */
export interface IntentQuestion {
  /** `[N, D]`: of each user the centroid of the intent; no gradient goes into it. */
  readonly centroids_ND: tf.Tensor2D;
  /** int32: the intent of each user, by number. */
  readonly intents_N: tf.Tensor1D;
  readonly sameIntent: SameIntent;
  /** What likeness is divided by, above 0. */
  readonly temperature: number;
  /** 1 for a user, 0 for a row that fills up the batch. */
  readonly weights_N: tf.Tensor1D;
}

/**
 * Learn which intent a view of a user belongs to: that of the user, among those of all users of the batch.
 *
 * -log exp(s(h_u, c_u) / τ) / Σ_v exp(s(h_u, c_v) / τ) for the view's vector h_u, where s is the cosine and c_v the centroid of the intent of
 * user v; v runs over u and those whose intent is another one. An intent that several users of the batch have counts as often. A row of
 * weight 0 asks nothing and is nobody's wrong answer.
 *
 * @param view_ND one view of each user
 * @returns weighted mean over the rows, nats; 0 where all have one intent and it is left out
 * @throws RangeError when `temperature` is not above 0
 * @source Chen, Liu, Li, McAuley & Xiong, "Intent Contrastive Learning for Sequential Recommendation", WWW 2022, section 4 (intent
 *   contrastive learning with false-negative mitigation).
 * @differs Cosine, as our `infoNce` has it, where the paper has the dot product. Views are no wrong answers of a view and intents ask
 *   nothing, as the paper's formula has it; its published code has both.
 */
export function intentContrast(
  view_ND: tf.Tensor2D,
  { centroids_ND, intents_N, sameIntent, temperature, weights_N }: IntentQuestion,
): tf.Scalar {
  if (!(temperature > 0)) {
    throw new RangeError(`intentContrast: temperature must be above 0, got ${temperature}`);
  }
  return tf.tidy(() => {
    const N = view_ND.shape[0];
    const likeness_NN: tf.Tensor2D = tf.div(
      tf.matMul(unitRows(view_ND), unitRows(centroids_ND), false, true),
      temperature,
    );
    const isOwn_NN = constant(() => tf.eye(N));
    const isSame_NN = tf.cast(tf.equal(tf.expandDims(intents_N, 1), tf.expandDims(intents_N, 0)), 'float32');
    const isOther_NN = sameIntent === 'left-out' ? tf.sub(1, isSame_NN) : tf.sub(1, isOwn_NN);
    const isAnswer_NN = tf.add(isOwn_NN, tf.mul(isOther_NN, tf.expandDims(weights_N, 0)));
    const open_NN = tf.add(likeness_NN, tf.mul(tf.sub(isAnswer_NN, 1), 1e9));
    const own_N = tf.sum(tf.mul(likeness_NN, isOwn_NN), 1);
    const surprise_N: tf.Tensor1D = tf.sub(tf.logSumExp(open_NN, 1), own_N);
    return tf.sum(tf.mul(surprise_N, rowShares(N, weights_N)));
  });
}
