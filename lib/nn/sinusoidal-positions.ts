import * as tf from '@tensorflow/tfjs';
import { expectShape } from '../base/shape';
import { constant } from './constant';
import { eventPositions } from './event-positions';
import { takeRows } from './take-rows';

/**
 * Tell each event which place it has in its sequence, by adding waves of the place: nothing to learn, any length.
 *
 * Numbers 2i and 2i + 1 of a vector get sine and cosine of `place / 10000^(2i / D)`: the first numbers change
 * from place to place, the last ones hardly at all. Places are counted from the first event, which has place 0.
 *
 * @param x_BTD     one vector an event
 * @param isReal_BT 1 for an event, 0 for padding (float32). Only needed for padding on the left: without it, place 0 is
 *   the first column.
 * @returns `[B, T, D]`
 * @throws RangeError when `isReal_BT` has another shape
 * @source Vaswani et al., "Attention Is All You Need", NeurIPS 2017, section 3.5.
 */
export function addSinusoidalPositions(x_BTD: tf.Tensor3D, isReal_BT?: tf.Tensor2D): tf.Tensor3D {
  const [B, T, D] = x_BTD.shape;
  if (isReal_BT) expectShape('addSinusoidalPositions: isReal_BT', isReal_BT, [B, T]);
  return tf.tidy(() => {
    const waves_TD = constant(() => tf.tensor2d(sinusoids(T, D), [T, D]));
    if (!isReal_BT) return tf.add(x_BTD, waves_TD);
    const positions = tf.reshape<tf.Rank.R1>(eventPositions(isReal_BT), [B * T]);
    return tf.add(x_BTD, tf.reshape(takeRows(waves_TD, positions), [B, T, D]));
  });
}

/** The waves at the places 0 to T-1, row after row of D numbers. */
function sinusoids(T: number, D: number): Float32Array {
  return Float32Array.from({ length: T * D }, (_, index) => {
    const [place, column] = [Math.floor(index / D), index % D];
    const angle = place / 10000 ** ((column - (column % 2)) / D);
    return column % 2 === 0 ? Math.sin(angle) : Math.cos(angle);
  });
}
