import type { Rng } from '../base/random';

/** A distribution over the items 1 to V-1 that negatives are drawn from; never padding (index 0). */
export interface ItemSampler {
  /** Draw one item. */
  draw(rng: Rng): number;
  /** The probability that a draw gives this item. */
  probability(item: number): number;
}

/**
 * Every item alike.
 *
 * @param V items including padding, at least 2
 */
export function uniformSampler(V: number): ItemSampler {
  if (!(Number.isInteger(V) && V >= 2)) {
    throw new RangeError(`uniformSampler: V must be a whole number from 2, got ${V}`);
  }
  return {
    draw: (rng) => 1 + rng.integer(V - 1),
    probability: (item) => (item >= 1 && item < V ? 1 / (V - 1) : 0),
  };
}

/**
 * Each item in proportion to a power of its count.
 *
 * @param counts_V how often each item occurs; that of padding (index 0) is not looked at
 * @param power    1 for popularity itself, .75 as in word2vec, 0 for every item that occurs alike
 * @throws RangeError when a count is negative or not finite, or none is above 0
 * @source Mikolov, Sutskever, Chen, Corrado & Dean, "Distributed Representations of Words and Phrases and their
 *   Compositionality", NIPS 2013, section 2.2, for the power .75.
 */
export function popularitySampler(counts_V: ArrayLike<number>, power = 1): ItemSampler {
  const upTo = new Float64Array(counts_V.length); // sum of the weights of items up to this one
  for (let item = 1; item < counts_V.length; item++) {
    const count = counts_V[item]!;
    if (!(count >= 0 && count < Infinity)) {
      throw new RangeError(`popularitySampler: the count of item ${item} is ${count}`);
    }
    upTo[item] = upTo[item - 1]! + (count > 0 ? count ** power : 0);
  }
  const sum = upTo[upTo.length - 1] ?? 0;
  if (!(sum > 0 && sum < Infinity)) {
    throw new RangeError(`popularitySampler: the weights sum to ${sum}, which is no distribution`);
  }
  return {
    draw: (rng) => firstAbove(upTo, rng.next() * sum),
    probability: (item) => (item >= 1 && item < upTo.length ? (upTo[item]! - upTo[item - 1]!) / sum : 0),
  };
}

/**
 * About in proportion to 1 / rank, without knowing any count but their order: Zipf's law, which popularity often follows.
 *
 * Rank r (1 is the most popular) has the probability `log((r + 1) / r) / log(V)`.
 *
 * @param mostPopularFirst all items 1 to V-1, each once
 * @source TensorFlow, log_uniform_candidate_sampler:
 *   https://www.tensorflow.org/api_docs/python/tf/random/log_uniform_candidate_sampler
 */
export function logUniformSampler(mostPopularFirst: ArrayLike<number>): ItemSampler {
  const V = mostPopularFirst.length + 1;
  const rankOf = new Int32Array(V);
  for (let rank = 1; rank < V; rank++) {
    const item = mostPopularFirst[rank - 1]!;
    if (!(Number.isInteger(item) && item >= 1 && item < V) || rankOf[item]! > 0) {
      throw new RangeError(`logUniformSampler: each item 1 to ${V - 1} must occur once, got ${item}`);
    }
    rankOf[item] = rank;
  }
  if (V < 2) throw new RangeError('logUniformSampler: there is no item to draw');
  return {
    draw: (rng) => mostPopularFirst[Math.min(V - 1, Math.floor(V ** rng.next())) - 1]!,
    probability: (item) => {
      const rank = rankOf[item] ?? 0;
      return rank === 0 ? 0 : Math.log((rank + 1) / rank) / Math.log(V);
    },
  };
}

/**
 * Draw negatives that a whole batch shares, with replacement.
 *
 * Targets are not left out here: `sampledSoftmax` leaves a row's own target out of that row.
 *
 * @returns int32 `[N]`
 */
export const sampleSharedNegatives = (sampler: ItemSampler, N: number, rng: Rng): Int32Array =>
  Int32Array.from({ length: N }, () => sampler.draw(rng));

/**
 * The log of how often each item is to be expected among N draws, for `sampledSoftmax`.
 *
 * Padding (index 0, the target of a row of weight 0) has 0, so that the row stays finite.
 *
 * @throws RangeError when an item is never drawn: its expected count, 0, has no logarithm
 */
export function logExpectedCounts(sampler: ItemSampler, items_L: Int32Array, N: number): Float32Array {
  return Float32Array.from(items_L, (item) => {
    if (item === 0) return 0;
    const expected = N * sampler.probability(item);
    if (!(expected > 0)) throw new RangeError(`logExpectedCounts: item ${item} is never drawn`);
    return Math.log(expected);
  });
}

/**
 * Draw K negatives for each target, with replacement, none of them the target itself.
 *
 * A draw that must not be is drawn again, so that the rest keep their proportions. Rows of padding (target 0) get
 * negatives too.
 *
 * @param targets_L the item that each row must not get
 * @param isExcluded further items that a row must not get, for example those that its user knows
 * @returns int32, row after row, `[L * K]`
 * @throws RangeError when a row finds no allowed item in 10,000 draws
 */
export function sampleNegatives(
  sampler: ItemSampler,
  targets_L: Int32Array,
  K: number,
  rng: Rng,
  isExcluded: (row: number, item: number) => boolean = () => false,
): Int32Array {
  const negatives = new Int32Array(targets_L.length * K);
  for (let place = 0; place < negatives.length; place++) {
    const row = Math.floor(place / K);
    let item = sampler.draw(rng);
    for (let draws = 1; item === targets_L[row] || isExcluded(row, item); draws++) {
      if (draws === 10_000) {
        throw new RangeError(`sampleNegatives: row ${row} finds no allowed item in ${draws} draws`);
      }
      item = sampler.draw(rng);
    }
    negatives[place] = item;
  }
  return negatives;
}

/** The first place whose sum lies above `value`: an item of weight 0 has no width, so it is never found. */
function firstAbove(upTo: Float64Array, value: number): number {
  let [low, high] = [1, upTo.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (upTo[middle]! > value) high = middle;
    else low = middle + 1;
  }
  return low;
}
