import type * as tf from '@tensorflow/tfjs';
import { weight } from '../base/tree';
import type { Rng } from '../base/random';

/**
 * Draw one vector an item: normal with a standard deviation of 1/sqrt(D), so that a dot product of two of them starts near 0
 * and below 1 in size. Row 0, padding, is zero.
 *
 * @returns `[V, D]`
 */
export function initItemTable(numItems: number, width: number, rng: Rng): tf.Variable<tf.Rank.R2> {
  const draw = rng.child('item-embedding');
  const table = Float32Array.from({ length: numItems * width }, (_, place) =>
    place < width ? 0 : draw.normal() / Math.sqrt(width),
  );
  return weight<tf.Rank.R2>(table, [numItems, width]);
}
