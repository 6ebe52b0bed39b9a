import { transpose, type SparseRows } from '../../base/sparse-rows';
import { cosineNeighbors } from '../cosine-neighbors';
import { meanCentered } from './mean-centered';
import { expectKnown, type RatingPredictor } from './rating-predictor';

/** How many neighbours speak, and which. */
export interface RatingNeighborOptions {
  /** k: at most so many of the most similar. */
  readonly neighbors: number;
  /** Below this similarity nobody speaks. Default 1e-6. */
  readonly minSimilarity?: number;
}

export const defaultMinSimilarity = 1e-6;

/**
 * Predict a user's rating of an item from the user's own ratings of similar items.
 *
 * Items are similar when the same users rate them above, or below, the items' means. The prediction is the item's mean, moved by how far the
 * user's ratings of its k most similar items lie from the means of those, weighted by similarity.
 *
 * @throws RangeError when `neighbors` is no whole number from 1
 * @source Sarwar, Karypis, Konstan & Riedl, "Item-based Collaborative Filtering Recommendation Algorithms", WWW 2001, section 3; Deshpande
 *   & Karypis, "Item-based Top-N Recommendation Algorithms", ACM TOIS 22(1), 2004.
 * @differs Ratings are centred by the means of items, as LensKit does it, not of users.
 */
export function itemNeighborRatings(
  byUser: SparseRows,
  { neighbors, minSimilarity = defaultMinSimilarity }: RatingNeighborOptions,
): RatingPredictor {
  expectNeighbors('itemNeighborRatings', neighbors);
  const { matrix: byItem, means } = meanCentered(transpose(byUser));
  const { rows: similar, similarities } = cosineNeighbors(byItem, { minSimilarity });
  const centered = transpose(byItem);
  const size = [byUser.offsets.length - 1, byUser.numColumns] as const;
  const own = new Float64Array(size[1]).fill(NaN);
  return {
    name: `item neighbours, ${neighbors}`,
    predict: (user, items) => {
      expectKnown('itemNeighborRatings', size, user, items);
      const [from, to] = [centered.offsets[user]!, centered.offsets[user + 1]!];
      for (let entry = from; entry < to; entry++) own[centered.columns[entry]!] = centered.values[entry]!;
      const predicted = Float64Array.from(items, (item) => {
        const moved = weighted(similar[item]!, similarities[item]!, own, neighbors);
        return means[item]! + moved;
      });
      for (let entry = from; entry < to; entry++) own[centered.columns[entry]!] = NaN;
      return predicted;
    },
  };
}

/** The mean of what the first k neighbours that say something say, weighted by similarity; NaN when none does. */
export function weighted(
  neighbors: Int32Array,
  similarities: Float64Array,
  said: Float64Array,
  k: number,
): number {
  let [sum, weight, count] = [0, 0, 0];
  for (let place = 0; place < neighbors.length && count < k; place++) {
    const value = said[neighbors[place]!]!;
    if (Number.isNaN(value)) continue;
    sum += similarities[place]! * value;
    weight += similarities[place]!;
    count += 1;
  }
  return count === 0 ? NaN : sum / weight;
}

/** @throws RangeError when it is no whole number from 1 */
export function expectNeighbors(caller: string, neighbors: number): void {
  if (!(Number.isInteger(neighbors) && neighbors >= 1)) {
    throw new RangeError(`${caller}: neighbors must be a whole number from 1, got ${neighbors}`);
  }
}
