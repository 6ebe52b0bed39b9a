import type { Rng } from '../../base/random';
import type { SparseRows } from '../../base/sparse-rows';
import { dampedMeans } from './damped-means';
import { expectKnown, type RatingPredictor } from './rating-predictor';

/** How ratings are factorised. */
export interface FunkSvdOptions {
  /** F: numbers of a user and of an item. */
  readonly numFactors: number;
  /** Passes over all ratings, for each factor. */
  readonly epochs: number;
  /** Default .001. */
  readonly learningRate?: number;
  /** Default .015. */
  readonly l2?: number;
  /** Of the means below the factors; default 5. */
  readonly damping?: number;
  /** What all factors start from; default .1. */
  readonly start?: number;
  /** Order of the ratings in a pass, drawn once. */
  readonly rng: Rng;
}

/**
 * Predict ratings by the product of a user's and an item's factors, learned one factor after another.
 *
 * Each factor is learned by stochastic gradient descent from what the means and the factors before it leave over, while the factors
 * behind it are taken to stand at their start.
 *
 * @throws RangeError when `numFactors` or `epochs` is no whole number from 1, or there is no rating
 * @source Funk, "Netflix Update: Try This at Home", 2006; Paterek, "Improving Regularized Singular Value Decomposition for Collaborative
 *   Filtering", KDD Cup Workshop 2007.
 */
export function funkSvd(
  byUser: SparseRows,
  { numFactors, epochs, learningRate = 0.001, l2 = 0.015, damping = 5, start = 0.1, rng }: FunkSvdOptions,
): RatingPredictor {
  for (const [name, value] of Object.entries({ numFactors, epochs })) {
    if (!(Number.isInteger(value) && value >= 1)) {
      throw new RangeError(`funkSvd: ${name} must be a whole number from 1, got ${value}`);
    }
  }
  const { mean, items: ofItem, users: ofUser } = dampedMeans(byUser, damping);
  const { offsets, columns, values } = byUser;
  const size = [ofUser.length, ofItem.length] as const;
  const users = new Int32Array(values.length);
  for (let user = 0; user < size[0]; user++) users.fill(user, offsets[user], offsets[user + 1]);
  const order = rng.shuffle(Int32Array.from({ length: values.length }, (_, entry) => entry));
  const known = values.map((_, entry) => mean + ofItem[columns[entry]!]! + ofUser[users[entry]!]!);
  const [userFactors, itemFactors] = [size[0], size[1]].map((count) =>
    Array.from({ length: numFactors }, () => new Float64Array(count).fill(start)),
  ) as [Float64Array[], Float64Array[]];
  for (let factor = 0; factor < numFactors; factor++) {
    const [ofUsers, ofItems] = [userFactors[factor]!, itemFactors[factor]!];
    const behind = (numFactors - factor - 1) * start * start;
    for (let epoch = 0; epoch < epochs; epoch++) {
      for (const entry of order) {
        const [user, item] = [users[entry]!, columns[entry]!];
        const [u, i] = [ofUsers[user]!, ofItems[item]!];
        const error = values[entry]! - (known[entry]! + u * i + behind);
        ofUsers[user] = u + learningRate * (error * i - l2 * u);
        ofItems[item] = i + learningRate * (error * u - l2 * i);
      }
    }
    for (const entry of known.keys()) known[entry]! += ofUsers[users[entry]!]! * ofItems[columns[entry]!]!;
  }
  return {
    name: `FunkSVD, ${numFactors}`,
    predict: (user, items) => {
      expectKnown('funkSvd', size, user, items);
      return Float64Array.from(items, (item) =>
        userFactors.reduce(
          (sum, ofUsers, factor) => sum + ofUsers[user]! * itemFactors[factor]![item]!,
          mean + ofItem[item]! + ofUser[user]!,
        ),
      );
    },
  };
}
