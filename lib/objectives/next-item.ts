import * as tf from '@tensorflow/tfjs';
import { linearCrossEntropy } from '../nn/linear-cross-entropy';
import { takeRows } from '../nn/take-rows';

/** Where a batch asks for the next item, and which item is right. */
export interface NextItemTargets {
  readonly positions: Int32Array; // rows of the flattened [B * T] states
  readonly targets: Int32Array; // item index 1..V-1 at each position
  readonly weights: Float32Array; // 1, or 0 where the list was filled up
}

/**
 * List the places of a batch that have a next item.
 *
 * With `listLength` the list is filled up to that length with places of weight 0: recorded graphs have static shapes.
 *
 * @param targets row after row, `[B * T]`: the item after each event, 0 where there is none
 * @throws RangeError when there are more places than `listLength`
 */
export function prepareNextItem(targets: Int32Array, listLength?: number): NextItemTargets {
  const count = countTargets(targets);
  const length = listLength ?? count;
  if (!Number.isInteger(length) || length < count) {
    throw new RangeError(`prepareNextItem: ${count} places do not fit into a list of ${length}`);
  }
  const positions = new Int32Array(length);
  const kept = new Int32Array(length).fill(1);
  let next = 0;
  for (let place = 0; place < targets.length; place++) {
    if (targets[place]! === 0) continue;
    positions[next] = place;
    kept[next] = targets[place]!;
    next += 1;
  }
  return { positions, targets: kept, weights: new Float32Array(length).fill(1, 0, count) };
}

/** Places of a batch that have a next item. */
export const countTargets = (targets: Int32Array): number =>
  targets.reduce((count, target) => count + Number(target > 0), 0);

/**
 * Learn by asking at every event "which item comes next?", with all items as candidates.
 *
 * @param hidden_BTD       the encoder's state after each event
 * @param itemEmbedding_VD the candidates' vectors; row 0 (padding) is no candidate
 * @param positions_L      int32, places of the flattened states that have a target
 * @param targets_L        int32, the right item at each, from 1
 * @param weights_L        1 for a real place, 0 for one that fills up the list; default: all real
 * @returns mean cross-entropy over the real places, in nats; a uniform guess has log(V - 1)
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
  weights_L?: tf.Tensor1D,
): tf.Scalar {
  if (targets_L.size === 0) throw new RangeError('nextItemLoss: the batch has no event with a next item');
  return tf.tidy(() => {
    const [B, T, D] = hidden_BTD.shape;
    const asked_LD = takeRows(tf.reshape(hidden_BTD, [B * T, D]), positions_L);
    const candidates: tf.Tensor2D = tf.slice(itemEmbedding_VD, [1, 0], [-1, -1]);
    return linearCrossEntropy(asked_LD, candidates, tf.sub(targets_L, tf.scalar(1, 'int32')), {
      ...(weights_L && { weights_L }),
    });
  });
}
