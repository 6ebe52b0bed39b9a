import type * as tf from '@tensorflow/tfjs';
import { weight } from '../base/tree';
import type { Rng } from '../base/random';
import { initialScale } from './initial-vectors';

/**
 * Draw one vector an item: normal, by default with a standard deviation of 1/sqrt(D), so that a dot product of two of them starts
 * near 0 and below 1 in size. Row 0, padding, is zero.
 *
 * @param scale what a standard normal number becomes
 * @returns `[V, D]`
 */
export function initItemTable(
  numItems: number,
  width: number,
  rng: Rng,
  scale = initialScale('unit', width),
): tf.Variable<tf.Rank.R2> {
  const draw = rng.child('item-embedding');
  const table = Float32Array.from({ length: numItems * width }, (_, place) =>
    place < width ? 0 : scale(draw.normal()),
  );
  return weight<tf.Rank.R2>(table, [numItems, width]);
}
