import * as tf from '@tensorflow/tfjs';
import type { Sequences } from '../preprocessing/sequences';
import { countItemsAt } from './popularity';
import type { Scorer } from './scorer';

/** One occurrence of an item weighs as much as this share of one transition: it decides only where transitions tie. */
const popularityWeight = 1 / 1000;

export interface MarkovOptions {
  /**
   * What decides where transitions tie, also where there are none.
   *
   * - `popularity`: how often items occur in the rows. The default.
   * - `none`: nothing. Most items then have the score 0 for most users, and the tie rule of the ranking decides the figures.
   */
  readonly fallback?: 'popularity' | 'none';
}

/**
 * Recommend what most often came right after the user's last item: a Markov chain that remembers one step.
 *
 * Counted are pairs of neighbouring events of one user of which both are among the rows. Items with as many transitions, or with
 * none, go by how often they occur in the rows; so does everything for an empty history, and for an item never followed. Without that
 * fallback they tie.
 *
 * @param rows positions in the row of all events, ascending; for any split, `rowsOf(split, 'training')`
 * @throws RangeError when a row is no event, or rows do not ascend
 * @source Rendle, Freudenthaler & Schmidt-Thieme, "Factorizing Personalized Markov Chains for Next-Basket Recommendation", WWW
 *   2010, section 4 (the chain that is the same for all users, by maximum likelihood).
 * @differs Counts instead of shares, which are in the same order; popularity decides ties.
 */
export function markov(
  sequences: Pick<Sequences, 'items' | 'offsets' | 'vocabulary'>,
  rows: Int32Array,
  { fallback = 'popularity' }: MarkovOptions = {},
): Scorer {
  const { items, offsets } = sequences;
  const weight = fallback === 'popularity' ? popularityWeight : 0;
  const base = countItemsAt(sequences, rows).map((count) => count * weight);
  const numItems = base.length;
  const followers = Array.from({ length: numItems }, (): number[] => []);
  const isFirst = new Uint8Array(items.length + 1);
  for (const offset of offsets) isFirst[offset] = 1;
  for (let at = 1; at < rows.length; at++) {
    const [before, row] = [rows[at - 1]!, rows[at]!];
    if (before >= row) throw new RangeError(`markov: row ${row} comes after row ${before}`);
    if (before === row - 1 && isFirst[row] === 0) followers[items[before]!]!.push(items[row]!);
  }
  return {
    name: fallback === 'popularity' ? 'Markov' : 'Markov without fallback',
    numItems,
    score: (histories) => {
      const scores = new Float32Array(histories.length * numItems);
      for (const [user, history] of histories.entries()) {
        const own = scores.subarray(user * numItems, (user + 1) * numItems);
        own.set(base);
        for (const item of followers[history.at(-1) ?? 0]!) own[item]! += 1;
      }
      return tf.tensor2d(scores, [histories.length, numItems]);
    },
  };
}
