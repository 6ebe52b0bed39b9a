import { transpose, type SparseRows } from '../../base/sparse-rows';
import { cosineNeighbors } from '../cosine-neighbors';
import {
  defaultMinSimilarity,
  expectNeighbors,
  weighted,
  type RatingNeighborOptions,
} from './item-neighbors';
import { meanCentered } from './mean-centered';
import { expectKnown, type RatingPredictor } from './rating-predictor';

/**
 * Predict a user's rating of an item from the ratings that similar users gave it.
 *
 * Users are similar when they rate the same items above, or below, their own means. The prediction is the user's mean, moved by how far the k
 * most similar users who rated the item went from theirs, weighted by similarity.
 *
 * @throws RangeError when `neighbors` is no whole number from 1
 * @source Resnick, Iacovou, Suchak, Bergstrom & Riedl, "GroupLens: An Open Architecture for Collaborative Filtering of Netnews", CSCW
 *   1994; Herlocker, Konstan, Borchers & Riedl, "An Algorithmic Framework for Performing Collaborative Filtering", SIGIR 1999.
 * @differs Cosine of centred ratings over all items, where the papers have Pearson's correlation over common ones; as LensKit does it.
 */
export function userNeighborRatings(
  byUser: SparseRows,
  { neighbors, minSimilarity = defaultMinSimilarity }: RatingNeighborOptions,
): RatingPredictor {
  expectNeighbors('userNeighborRatings', neighbors);
  const { matrix, means } = meanCentered(byUser);
  const { rows: similar, similarities } = cosineNeighbors(matrix, { minSimilarity });
  const byItem = transpose(matrix);
  const size = [means.length, byUser.numColumns] as const;
  const said = new Float64Array(size[0]).fill(NaN);
  return {
    name: `user neighbours, ${neighbors}`,
    predict: (user, items) => {
      expectKnown('userNeighborRatings', size, user, items);
      return Float64Array.from(items, (item) => {
        const [from, to] = [byItem.offsets[item]!, byItem.offsets[item + 1]!];
        for (let entry = from; entry < to; entry++) said[byItem.columns[entry]!] = byItem.values[entry]!;
        const moved = weighted(similar[user]!, similarities[user]!, said, neighbors);
        for (let entry = from; entry < to; entry++) said[byItem.columns[entry]!] = NaN;
        return means[user]! + moved;
      });
    },
  };
}
