import * as tf from '@tensorflow/tfjs';
import type { Rng } from '../base/random';
import { constant } from '../nn/constant';
import { initLinear, linear, type LinearParams } from '../nn/linear';
import { rowShares } from '../nn/row-shares';
import { softmaxCrossEntropy } from '../nn/softmax-cross-entropy';

/** The losses of a classification. */
export const labelLosses = ['cross-entropy', 'squared-error'] as const;

/**
 * How wrong a probability is.
 *
 * - `cross-entropy`: the surprise, -log of the right class's probability; with two classes binary cross-entropy
 * - `squared-error`: the mean of (probability - label)² over the classes, the MSE that articles print
 */
export type LabelLoss = (typeof labelLosses)[number];

/** Draw the head of a classification: one linear layer, `[D, 1]` for two classes, `[D, K]` for more. @throws RangeError below 2 classes */
export function initClassification(width: number, classes: number, rng: Rng): LinearParams {
  if (!Number.isInteger(classes) || classes < 2) {
    throw new RangeError(`initClassification: classes must be a whole number from 2, got ${classes}`);
  }
  return initLinear(width, classes === 2 ? 1 : classes, rng.child('classification'));
}

/**
 * The probability of each class by a user's vector: a sigmoid of one number for two classes, a softmax for more.
 *
 * @param user_ND one vector a user
 * @returns `[N, K]`, each row sums to 1
 */
export function classProbabilitiesOf(head: LinearParams, user_ND: tf.Tensor2D): tf.Tensor2D {
  return tf.tidy(() => {
    const logits = linear(head, user_ND);
    if (logits.shape[1] > 1) return tf.softmax(logits);
    const second_N1 = tf.sigmoid(logits);
    return tf.concat([tf.sub<tf.Tensor2D>(1, second_N1), second_N1], 1);
  });
}

/**
 * Learn a label of each user: a purchase, churn, a like, a gender.
 *
 * Cross-entropy is computed from the logits, so that scores of any size are safe; it is what a `BCELoss` of raw logits in an article
 * must mean. A row of weight 0 adds exactly nothing to the value or to a gradient.
 *
 * @param user_ND one vector a user
 * @param asked   `labels_N` int32, the class, 0 to K - 1, also in rows of weight 0; `weights_N` what each row counts; `loss`
 * @returns weighted mean over the rows: nats, or squared error; log K and (K - 1) / K² for logits that say nothing
 * @source Bishop, "Pattern Recognition and Machine Learning", 2006, eq. 4.90 (two classes) and 4.108 (more). Squared error: Brier,
 *   "Verification of Forecasts Expressed in Terms of Probability", Monthly Weather Review 78(1), 1950, eq. 2.
 * @differs Brier's score is summed over the classes, here it is their mean: with two classes (probability - label)², the MSE of a 0/1
 *   label.
 */
export function classification(
  head: LinearParams,
  user_ND: tf.Tensor2D,
  {
    labels_N,
    weights_N,
    loss,
  }: { readonly labels_N: tf.Tensor1D; readonly weights_N: tf.Tensor1D; readonly loss: LabelLoss },
): tf.Scalar {
  return tf.tidy(() => {
    const N = user_ND.shape[0];
    const logits = linear(head, user_ND);
    const isBinary = logits.shape[1] === 1;
    if (loss === 'cross-entropy' && !isBinary) return softmaxCrossEntropy(logits, labels_N, weights_N);
    const shares_N = rowShares(N, weights_N);
    if (isBinary) {
      const isSecond_N = tf.cast(labels_N, 'float32');
      const logit_N: tf.Tensor1D = tf.reshape(logits, [N]);
      // -log sigmoid(x) = softplus(-x), and -log(1 - sigmoid(x)) = softplus(x) = softplus(-x) + x.
      const wrong_N =
        loss === 'cross-entropy'
          ? tf.sub(tf.softplus(logit_N), tf.mul(logit_N, isSecond_N))
          : tf.square(tf.sub(tf.sigmoid(logit_N), isSecond_N));
      return tf.sum(tf.mul(wrong_N, shares_N));
    }
    const K = logits.shape[1];
    const isRight_NK = tf.cast(
      tf.equal(
        tf.expandDims(labels_N, 1),
        constant(() => tf.range(0, K, 1, 'int32')),
      ),
      'float32',
    );
    const wrong_N = tf.mean(tf.square(tf.sub(tf.softmax(logits), isRight_NK)), 1);
    return tf.sum(tf.mul(wrong_N, shares_N));
  });
}
