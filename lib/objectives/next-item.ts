import * as tf from '@tensorflow/tfjs';
import { linearCrossEntropy } from '../nn/linear-cross-entropy';

/** Where a batch asks for the next item, and which item is right. */
export interface NextItemTargets {
  readonly positions: Int32Array; // rows of the flattened [B * T] states
  readonly targets: Int32Array; // item index 1..V-1 at each position
}

/**
 * List the places of a batch that have a next item.
 *
 * @param targets row after row, `[B * T]`: the item after each event, 0 where there is none
 */
export function prepareNextItem(targets: Int32Array): NextItemTargets {
  const positions = new Int32Array(targets.length);
  let count = 0;
  for (let place = 0; place < targets.length; place++) if (targets[place]! > 0) positions[count++] = place;
  const kept = positions.slice(0, count);
  return { positions: kept, targets: kept.map((place) => targets[place]!) };
}

/**
 * Learn by asking at every event "which item comes next?", with all items as candidates.
 *
 * @param hidden_BTD     the encoder's state after each event
 * @param itemEmbedding_VD the candidates' vectors; row 0 (padding) is no candidate
 * @param positions_L    int32, places of the flattened states that have a target
 * @param targets_L      int32, the right item at each, from 1
 * @returns mean cross-entropy over the places, in nats; a uniform guess has log(V - 1)
 * @throws RangeError when there is no place to learn from
 * @source Kang & McAuley, "Self-Attentive Sequential Recommendation", ICDM 2018, section III-E, for the target at every position.
 * @differs Cross-entropy over all items instead of one sampled negative
 *   (Klenitskiy & Vasilev, RecSys 2023, section 3: the loss that makes the difference).
 */
export function nextItemLoss(
  hidden_BTD: tf.Tensor3D,
  itemEmbedding_VD: tf.Tensor2D,
  positions_L: tf.Tensor1D,
  targets_L: tf.Tensor1D,
): tf.Scalar {
  if (targets_L.size === 0) throw new RangeError('nextItemLoss: the batch has no event with a next item');
  return tf.tidy(() => {
    const [B, T, D] = hidden_BTD.shape;
    const asked_LD = tf.gather(tf.reshape<tf.Rank.R2>(hidden_BTD, [B * T, D]), positions_L);
    const candidates = tf.slice(itemEmbedding_VD, [1, 0], [-1, -1]);
    return linearCrossEntropy(asked_LD, candidates, tf.sub(targets_L, tf.scalar(1, 'int32')));
  });
}
