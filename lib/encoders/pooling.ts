import * as tf from '@tensorflow/tfjs';
import { additiveAttention, type AdditiveAttentionWeights } from '../nn/additive-attention';

/** The ways to make one vector of the states of a sequence. */
export const poolings = ['last', 'mean', 'max', 'attention'] as const;

/**
 * How the states of a sequence become one vector: the last event's, their mean, the largest of each number, or a sum by how well
 * each fits a learned question (`additiveAttention`).
 */
export type Pooling = (typeof poolings)[number];

/**
 * Turn the states of a sequence into one vector.
 *
 * Padding takes no part. A sequence without any event gives zeros.
 *
 * @param hidden_BTD one state an event
 * @param isReal_BT  1 for an event, 0 for padding on the right (float32)
 * @param question   what 'attention' looks for: `params.attentionPooling` of a model that learned it; the others need none
 * @returns `[B, D]`
 * @throws RangeError when 'attention' has no question
 */
export function pool(
  hidden_BTD: tf.Tensor3D,
  isReal_BT: tf.Tensor2D,
  pooling: Pooling,
  question?: AdditiveAttentionWeights,
): tf.Tensor2D {
  return tf.tidy(() => {
    const mask_BT1 = tf.expandDims(isReal_BT, -1);
    const lengths_B1 = tf.sum(isReal_BT, 1, true);
    switch (pooling) {
      case 'last': {
        // Not tf.oneHot: it refuses a batch whose longest sequence has one event. No position is -1: no event, zeros.
        const position_T = tf.range(0, hidden_BTD.shape[1]);
        const isLast_BT = tf.cast(tf.equal(position_T, tf.sub(lengths_B1, 1)), 'float32');
        return tf.sum(tf.mul(hidden_BTD, tf.expandDims(isLast_BT, -1)), 1);
      }
      case 'mean':
        return tf.div(tf.sum(tf.mul(hidden_BTD, mask_BT1), 1), tf.maximum(lengths_B1, 1));
      case 'max': {
        const hidePadding = tf.mul(tf.sub(mask_BT1, 1), 1e30);
        const largest_BD = tf.max(tf.add(tf.mul(hidden_BTD, mask_BT1), hidePadding), 1);
        return tf.where(tf.greater(lengths_B1, 0), largest_BD, tf.zerosLike(largest_BD)) as tf.Tensor2D;
      }
      case 'attention':
        if (!question) {
          throw new RangeError(
            "pool: this model has no question for 'attention': create it with attentionPooling, and train it by an objective that pools so",
          );
        }
        return additiveAttention(question, hidden_BTD, isReal_BT);
    }
  });
}
