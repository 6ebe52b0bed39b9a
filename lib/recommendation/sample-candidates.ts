import type { Rng } from '../base/random';

/** A few items for each user among which the target is ranked, instead of all. */
export interface SampledCandidates {
  /** As a protocol names them: 'uniform-100 by seed 7'. */
  readonly name: string;
  /** One list a user: neither the target nor anything the user has used, each item once. */
  readonly items: readonly Int32Array[];
}

/** How candidates are drawn. */
export interface SampleOptions {
  /** So many for each user. */
  readonly count: number;
  /** Every item alike, or in proportion to how often each occurs in training (by item index). */
  readonly by: 'uniform' | { readonly counts: ArrayLike<number> };
}

/** So many draws in vain for each item wanted, then the rest is drawn from what is left: the result is the same. */
const patience = 50;

/**
 * Draw, for each user, items that compete with the target in a sampled evaluation.
 *
 * Without replacement, one item after the other, each in proportion to its weight among those that are left. A user's draw depends on the
 * seed and the user's place alone, so that all models are asked the same. Popularity leaves out items that never occur in training.
 * Sampled figures are far above full ones, and may put models in another order: they are for comparison with tables that have them.
 *
 * @param numItems number of items including padding (index 0)
 * @param rng      its seed should stand in the name
 * @throws RangeError when a user has fewer items left than are to be drawn, or counts are no counts
 * @source Uniform: He, Liao, Zhang, Nie, Hu & Chua, "Neural Collaborative Filtering", WWW 2017, section 4.1; by popularity: Sun et al.,
 *   "BERT4Rec", CIKM 2019, section 4.2; what both do to figures: Krichene & Rendle, "On Sampled Metrics for Item Recommendation", KDD 2020.
 */
export function sampleCandidates(
  { histories, targets }: { readonly histories: readonly Int32Array[]; readonly targets: Int32Array },
  numItems: number,
  { count, by }: SampleOptions,
  rng: Rng,
): Int32Array[] {
  if (!(Number.isInteger(count) && count >= 1)) {
    throw new RangeError(`sampleCandidates: count must be a whole number from 1, got ${count}`);
  }
  const weights = weightsOf(numItems, by);
  const below = new Float64Array(numItems + 1); // below[i]: the weights of all items before i
  for (let item = 0; item < numItems; item++) below[item + 1] = below[item]! + weights[item]!;
  const total = below[numItems]!;
  const drawable = weights.filter((weight) => weight > 0).length;
  const drawOne = (own: Rng): number =>
    by === 'uniform' ? 1 + own.integer(numItems - 1) : placeOf(below, own.next() * total);

  return histories.map((history, user) => {
    const own = rng.child('candidates', user);
    const taken = new Set([targets[user]!, ...history]);
    const left = drawable - [...taken].filter((item) => weights[item]! > 0).length;
    if (left < count) {
      throw new RangeError(
        `sampleCandidates: row ${user} has ${left} items left to draw from, ${count} are wanted; draw fewer`,
      );
    }
    const drawn = new Int32Array(count);
    let have = 0;
    for (let tries = 0; have < count && tries < patience * count; tries++) {
      const item = drawOne(own);
      if (taken.has(item)) continue;
      taken.add(item);
      drawn[have++] = item;
    }
    while (have < count) {
      const item = drawFromRest(weights, taken, own);
      taken.add(item);
      drawn[have++] = item;
    }
    return drawn;
  });
}

function weightsOf(numItems: number, by: SampleOptions['by']): Float64Array {
  const weights = new Float64Array(numItems).fill(1);
  weights[0] = 0;
  if (by === 'uniform') return weights;
  if (by.counts.length !== numItems) {
    throw new RangeError(`sampleCandidates: ${by.counts.length} counts for ${numItems} items`);
  }
  for (let item = 1; item < numItems; item++) {
    weights[item] = by.counts[item]!;
    if (!(weights[item]! >= 0 && weights[item]! < Infinity)) {
      throw new RangeError(`sampleCandidates: item ${item} has the count ${weights[item]}`);
    }
  }
  return weights;
}

/** The last place whose sum is at most a point: by halves. */
function placeOf(below: Float64Array, point: number): number {
  let [low, high] = [0, below.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (below[middle]! <= point) low = middle;
    else high = middle;
  }
  return low;
}

function drawFromRest(weights: Float64Array, taken: ReadonlySet<number>, rng: Rng): number {
  const rest = Array.from(weights.keys()).filter((item) => weights[item]! > 0 && !taken.has(item));
  let left = rng.next() * rest.reduce((sum, item) => sum + weights[item]!, 0);
  return rest.find((item) => (left -= weights[item]!) < 0) ?? rest.at(-1)!;
}
