import * as tf from '@tensorflow/tfjs';
import { weight } from '../base/tree';
import type { Rng } from '../base/random';
import { binaryCrossEntropy } from '../nn/binary-cross-entropy';
import { takeRows } from '../nn/take-rows';

/** Weights that only training needs: of each item a second vector, for when it stands beside another. */
export interface SkipGramParams {
  readonly context: tf.Variable<tf.Rank.R2>; // [V, D], zeros at the start; row 0 is padding
}

/** Zeros, as in word2vec: at first every pair has the probability one half. */
export const initSkipGram = (numItems: number, width: number): SkipGramParams => ({
  context: weight<tf.Rank.R2>(new Float32Array(numItems * width), [numItems, width]),
});

/** How pairs are made of a history. */
export interface SkipGramPairing {
  /** Events on either side that count as near, 1 or more. */
  readonly window: number;
  /** The history is shuffled first: what was taken together counts, whatever the order. */
  readonly shuffled: boolean;
}

/**
 * Draw which events of frequent items are left out: a popular item is near everything and says little.
 *
 * An item with the share f of all events is kept with probability `sqrt(threshold / f)`, at most 1.
 *
 * @param shares_V  share of all events that each item has
 * @param threshold 0: all are kept; about 1e-3 for some thousand items, 1e-5 for a language
 * @returns the probability of each item
 * @throws RangeError when `threshold` is negative or not finite
 * @source Mikolov, Sutskever, Chen, Corrado & Dean, "Distributed Representations of Words and Phrases and their Compositionality",
 *   NIPS 2013, section 2.3, eq. 5.
 */
export function keepProbabilities(shares_V: ArrayLike<number>, threshold: number): Float64Array {
  if (!(threshold >= 0 && threshold < Infinity)) {
    throw new RangeError(`keepProbabilities: threshold must be a finite number from 0, got ${threshold}`);
  }
  return Float64Array.from(shares_V, (share) =>
    threshold === 0 || share === 0 ? 1 : Math.min(1, Math.sqrt(threshold / share)),
  );
}

/**
 * List the pairs of neighbours in a history: each event with every other one at most `window` events away.
 *
 * @param items item indices from 1; fewer than two give no pair
 * @param rng   shuffles where that is asked for
 * @returns both directions of each pair, the two lists side by side
 * @throws RangeError when `window` is no whole number from 1
 * @source Barkan & Koenigstein, "Item2Vec: Neural Item Embedding for Collaborative Filtering", MLSP 2016, section 3 (a shuffled set and
 *   a window, or all pairs of a set).
 * @differs A window that does not shrink at random, as word2vec's does. Two events of one item are no pair.
 */
export function skipGramPairs(
  items: Int32Array,
  { window, shuffled }: SkipGramPairing,
  rng: Rng,
): { readonly centres: number[]; readonly contexts: number[] } {
  if (!(Number.isInteger(window) && window >= 1)) {
    throw new RangeError(`skipGramPairs: window must be a whole number from 1, got ${window}`);
  }
  const row = shuffled ? rng.shuffle(items.slice()) : items;
  const [centres, contexts]: [number[], number[]] = [[], []];
  for (let place = 0; place < row.length; place++) {
    for (let other = place + 1; other <= Math.min(row.length - 1, place + window); other++) {
      const [one, two] = [row[place]!, row[other]!];
      if (one === two) continue;
      centres.push(one, two);
      contexts.push(two, one);
    }
  }
  return { centres, contexts };
}

/**
 * Learn item vectors by asking of pairs whether they stood near each other: yes for real ones, no for drawn ones.
 *
 * @param itemEmbedding_VD one vector an item: what is learned
 * @param centres_L        int32, the item that is looked from
 * @param contexts_L       int32, the item beside it
 * @param negatives_LK     int32, K items drawn for each pair, usually by the power .75 of their counts
 * @param weights_L        1 for a real pair, 0 for one that fills up the list
 * @returns nats a pair: the surprise at one yes and K noes, `(K + 1) log 2` at the start
 * @throws RangeError when shapes do not fit
 * @source Mikolov et al., "Distributed Representations of Words and Phrases and their Compositionality", NIPS 2013, section 2.2, eq. 4;
 *   for items Barkan & Koenigstein, "Item2Vec", MLSP 2016, section 2, eq. 2 to 4.
 */
export function skipGramLoss(
  { context }: SkipGramParams,
  itemEmbedding_VD: tf.Tensor2D,
  centres_L: tf.Tensor1D,
  contexts_L: tf.Tensor1D,
  negatives_LK: tf.Tensor2D,
  weights_L: tf.Tensor1D,
): tf.Scalar {
  return tf.tidy(() => {
    const from_LD = takeRows(itemEmbedding_VD, centres_L);
    const mean = binaryCrossEntropy(from_LD, context, contexts_L, negatives_LK, { weights_L });
    return tf.mul(mean, negatives_LK.shape[1] + 1);
  });
}
