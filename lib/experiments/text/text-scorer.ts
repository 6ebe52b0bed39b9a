import * as tf from '@tensorflow/tfjs';
import type { Matrix } from '../../base/matrix';
import { cosineScorer } from '../../recommendation/by-encoder';
import type { Scorer } from '../../recommendation/scorer';

/**
 * Recommend what reads like the latest items: cosine of an item's text vector and the mean of those of the history. Nothing is learned
 * from behaviour, so that an item needs no event to be found.
 *
 * @param itemTexts `[V, E]`, row 0 (padding) zero
 * @param latest    how many of the latest events count; default all
 * @throws RangeError when `latest` is no whole number from 1
 * @source Pazzani & Billsus, "Content-Based Recommendation Systems", in The Adaptive Web, 2007, section 10.3 (nearest neighbours of a
 *   profile that is a mean).
 */
export function textScorer(
  { rows, columns, values }: Matrix,
  { latest = Infinity, name = 'text' }: { readonly latest?: number; readonly name?: string } = {},
): Scorer {
  if (!(latest === Infinity || (Number.isInteger(latest) && latest >= 1))) {
    throw new RangeError(`textScorer: latest must be a whole number from 1, got ${latest}`);
  }
  const kept = values.slice();
  const profile = (history: Int32Array): Float32Array => {
    const read = latest === Infinity ? history : history.subarray(Math.max(0, history.length - latest));
    const mean = new Float32Array(columns);
    for (const item of read) {
      for (let at = 0; at < columns; at++) mean[at]! += kept[item * columns + at]! / read.length;
    }
    return mean;
  };
  return cosineScorer({
    name,
    encode: (histories) => {
      const profiles = new Float32Array(histories.length * columns);
      for (const [user, history] of histories.entries()) profiles.set(profile(history), user * columns);
      return tf.tensor2d(profiles, [histories.length, columns]);
    },
    itemVectors_VD: () => tf.tensor2d(kept, [rows, columns]),
  });
}
