import * as tf from '@tensorflow/tfjs';
import { weight } from '../base/tree';
import type { Rng } from '../base/random';
import { expectShape } from '../base/shape';
import { eventPositions } from './event-positions';
import { takeRows } from './take-rows';

/** One learned vector for each place of a sequence. */
export interface LearnedPositionWeights<Leaf extends tf.Tensor = tf.Tensor> {
  readonly table: Leaf; // [longest T, D]
}

/** Trainable weights of learned positions. */
export type LearnedPositionParams = LearnedPositionWeights<tf.Variable>;

/**
 * Draw the vectors of the places 0 to `maxLength - 1`: normal, by default with a standard deviation of 1/sqrt(D), as item vectors
 * start, so that neither drowns the other.
 *
 * @param scale what a standard normal number becomes
 */
export function initLearnedPositions(
  maxLength: number,
  width: number,
  rng: Rng,
  scale = (normal: number): number => normal / Math.sqrt(width),
): LearnedPositionParams {
  const table = Float32Array.from({ length: maxLength * width }, () => scale(rng.normal()));
  return { table: weight<tf.Rank.R2>(table, [maxLength, width]) };
}

/**
 * Tell each event which place it has in its sequence, by adding a learned vector of that place.
 *
 * Places are counted from the first event of a sequence, which has place 0.
 *
 * @param x_BTD     one vector an event
 * @param isReal_BT 1 for an event, 0 for padding (float32). Only needed for padding on the left: without it, place 0 is
 *   the first column.
 * @returns `[B, T, D]`
 * @throws RangeError when T is longer than the table, or a shape does not fit
 * @source Gehring et al., "Convolutional Sequence to Sequence Learning", ICML 2017, section 3.1.
 */
export function addLearnedPositions(
  params: LearnedPositionWeights,
  x_BTD: tf.Tensor3D,
  isReal_BT?: tf.Tensor2D,
): tf.Tensor3D {
  const [B, T, D] = x_BTD.shape;
  const table = params.table as tf.Tensor2D;
  expectShape('addLearnedPositions: the table', table, [null, D]);
  if (T > table.shape[0]) {
    throw new RangeError(`addLearnedPositions: there are ${table.shape[0]} places, got a length of ${T}`);
  }
  return tf.tidy(() => {
    if (!isReal_BT) return tf.add(x_BTD, T === table.shape[0] ? table : tf.slice(table, [0, 0], [T, D]));
    expectShape('addLearnedPositions: isReal_BT', isReal_BT, [B, T]);
    const positions = tf.reshape<tf.Rank.R1>(eventPositions(isReal_BT), [B * T]);
    return tf.add(x_BTD, tf.reshape(takeRows(table, positions), [B, T, D]));
  });
}

/**
 * Tell each event how far it is from the last one of its sequence, by adding a learned vector of that place.
 *
 * The last event has the last place of the table, as where a sequence is padded on its left. So what comes just before the
 * question has been learned from every user, but an event's place, and with it its state, changes when the user goes on.
 *
 * @param x_BTD     one vector an event
 * @param isReal_BT 1 for an event, 0 for padding (float32), which may stand on both sides
 * @returns `[B, T, D]`
 * @throws RangeError when T is longer than the table, or a shape does not fit
 * @source Kang & McAuley, "Self-Attentive Sequential Recommendation", ICDM 2018, section III-A: padded on the left.
 */
export function addLearnedPositionsFromLast(
  params: LearnedPositionWeights,
  x_BTD: tf.Tensor3D,
  isReal_BT: tf.Tensor2D,
): tf.Tensor3D {
  const [B, T, D] = x_BTD.shape;
  const table = params.table as tf.Tensor2D;
  expectShape('addLearnedPositionsFromLast: the table', table, [null, D]);
  expectShape('addLearnedPositionsFromLast: isReal_BT', isReal_BT, [B, T]);
  const places = table.shape[0];
  if (T > places) {
    throw new RangeError(`addLearnedPositionsFromLast: there are ${places} places, got a length of ${T}`);
  }
  return tf.tidy(() => {
    const later_BT = tf.sub(tf.sum(isReal_BT, 1, true), tf.cumsum(isReal_BT, 1)); // events after this one
    const place_BT = tf.maximum(tf.sub(places - 1, later_BT), 0); // padding on the left of a full row would have -1
    return tf.add(
      x_BTD,
      tf.reshape(takeRows(table, tf.reshape(tf.cast(place_BT, 'int32'), [B * T])), [B, T, D]),
    );
  });
}
