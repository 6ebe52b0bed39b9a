import * as tf from '@tensorflow/tfjs';
import { constant } from '../nn/constant';

export interface InfoNceOptions {
  /** What similarities are divided by, above 0: the smaller, the more the nearest wrong pairs count. */
  readonly temperature: number;
  /** 1 for a real pair, 0 for one that fills up the batch; default: all real. */
  readonly weights_N?: tf.Tensor1D;
}

/**
 * Learn by telling pairs apart: two views of one user must be more alike than views of different users.
 *
 * Every view asks which of all other views in the batch is its partner; likeness is the cosine. A pair of weight 0 asks nothing and
 * is nobody's wrong answer.
 *
 * @param first_ND  one vector a user
 * @param second_ND another vector of the same users
 * @returns mean cross-entropy over the real views, in nats; vectors that say nothing give log(2n - 1) for n real pairs
 * @throws RangeError when `temperature` is not above 0
 * @source Van den Oord, Li & Vinyals, "Representation Learning with Contrastive Predictive Coding", arXiv:1807.03748, eq. 4; in this form
 *   (NT-Xent) Chen et al., "A Simple Framework for Contrastive Learning of Visual Representations", ICML 2020, eq. 1; for user
 *   histories Xie et al., "Contrastive Learning for Sequential Recommendation", ICDE 2022, eq. 4.
 * @differs Cosine, as in SimCLR, where CL4SRec has the dot product; no projection head.
 */
export function infoNce(
  first_ND: tf.Tensor2D,
  second_ND: tf.Tensor2D,
  { temperature, weights_N }: InfoNceOptions,
): tf.Scalar {
  if (!(temperature > 0)) throw new RangeError(`infoNce: temperature must be above 0, got ${temperature}`);
  return tf.tidy(() => {
    const N = first_ND.shape[0];
    const all_MD = unitRows(tf.concat([first_ND, second_ND], 0));
    const real_N = weights_N ?? tf.ones<tf.Rank.R1>([N]);
    const real_M = tf.concat([real_N, real_N], 0);
    const likeness_MM = tf.div(tf.matMul(all_MD, all_MD, false, true), temperature);
    // Neither itself nor a pair that is not there can be an answer.
    const isAnswer_MM = tf.mul(
      constant(() => tf.sub(1, tf.eye(2 * N))),
      tf.expandDims(real_M, 0),
    );
    const open_MM = tf.add(likeness_MM, tf.mul(tf.sub(isAnswer_MM, 1), 1e9));
    const partner_N = tf.div(
      tf.sum(tf.mul(tf.slice(all_MD, [0, 0], [N, -1]), tf.slice(all_MD, [N, 0], [N, -1])), 1),
      temperature,
    );
    const surprise_M = tf.sub(tf.logSumExp(open_MM, 1), tf.concat([partner_N, partner_N], 0));
    return tf.div(tf.sum(tf.mul(surprise_M, real_M)), tf.maximum(tf.sum(real_M), 1));
  });
}

/** Each row at length 1; a row of zeros stays zero, and its gradient finite. */
export function unitRows(x_ND: tf.Tensor2D): tf.Tensor2D {
  return tf.mul(x_ND, tf.rsqrt(tf.add(tf.sum(tf.square(x_ND), 1, true), 1e-12)));
}
