import type { SparseRows } from '../../base/sparse-rows';
import { expectKnown, type RatingPredictor } from './rating-predictor';

/** What a rating is made of before anybody's taste is looked at. */
export interface DampedMeans {
  /** Of all ratings. */
  readonly mean: number;
  /** By item: how much better than that it is rated. */
  readonly items: Float64Array;
  /** By user: how much above mean and item the user rates. */
  readonly users: Float64Array;
}

/**
 * Split ratings into a mean, how good each item is, and how kind each user is; few ratings count for little.
 *
 * A deviation is the sum of what is left over, divided by the number of ratings and `damping` more: as if so many ratings had been at
 * the mean.
 *
 * @param damping 0 or more
 * @throws RangeError when there is no rating, or `damping` is negative
 * @source Koren, "Factorization Meets the Neighborhood", KDD 2008, section 2.1; Funk, "Netflix Update: Try This at Home", 2006.
 */
export function dampedMeans(byUser: SparseRows, damping = 5): DampedMeans {
  const { offsets, columns, values } = byUser;
  if (values.length === 0) throw new RangeError('dampedMeans: there is no rating');
  if (!(damping >= 0)) throw new RangeError(`dampedMeans: damping must be 0 or more, got ${damping}`);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const [items, counts] = [new Float64Array(byUser.numColumns), new Float64Array(byUser.numColumns)];
  for (const [entry, item] of columns.entries()) {
    items[item]! += values[entry]! - mean;
    counts[item]! += 1;
  }
  for (const item of items.keys()) items[item]! /= counts[item]! + damping || 1; // 0 / 0 for an item without ratings
  const users = new Float64Array(offsets.length - 1);
  for (const user of users.keys()) {
    const [from, to] = [offsets[user]!, offsets[user + 1]!];
    for (let entry = from; entry < to; entry++)
      users[user]! += values[entry]! - mean - items[columns[entry]!]!;
    users[user]! /= to - from + damping || 1;
  }
  return { mean, items, users };
}

/** Predict the mean, moved by how good the item and how kind the user is. @throws as `dampedMeans` */
export function meanRatings(byUser: SparseRows, damping?: number): RatingPredictor {
  const { mean, items, users } = dampedMeans(byUser, damping);
  return {
    name: 'damped means',
    predict: (user, asked) => {
      expectKnown('meanRatings', [users.length, items.length], user, asked);
      return Float64Array.from(asked, (item) => mean + items[item]! + users[user]!);
    },
  };
}
