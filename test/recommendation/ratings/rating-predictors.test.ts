import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { createRng } from '../../../lib/base/random';
import { sparseRows } from '../../../lib/base/sparse-rows';
import type { UserEvent } from '../../../lib/data/event';
import { readLog } from '../../../lib/data/read-log';
import { dampedMeans, meanRatings } from '../../../lib/recommendation/ratings/damped-means';
import { funkSvd } from '../../../lib/recommendation/ratings/funk-svd';
import { itemNeighborRatings } from '../../../lib/recommendation/ratings/item-neighbors';
import { withFallback, type RatingPredictor } from '../../../lib/recommendation/ratings/rating-predictor';
import { ratingsOf, type Ratings } from '../../../lib/recommendation/ratings/ratings';
import { userNeighborRatings } from '../../../lib/recommendation/ratings/user-neighbors';
import { sharedData } from '../../data/shared-data';

/** Users 0 to 2, items 0 to 3; nobody has rated item 3. */
const small = sparseRows([3, 4], [0, 0, 1, 1, 1, 2, 2], [0, 1, 0, 1, 2, 0, 2], [5, 3, 4, 2, 5, 1, 2]);

describe('the ratings of a log', () => {
  it("are a user's last ones, in the order in which users and items are first rated", () => {
    const event = (userId: string, itemId: string | null, rating: number | null) =>
      ({ userId, itemId, rating }) as UserEvent;
    const log = [
      event('b', 'y', 2),
      event('a', 'x', null),
      event('a', 'y', 4),
      event('b', null, 5),
      event('b', 'x', 3),
      event('b', 'y', 1),
    ];
    const { userIds, itemIds, byUser } = ratingsOf({ events: log });
    expect([userIds, itemIds]).toEqual([
      ['b', 'a'],
      ['y', 'x'],
    ]);
    expect(byUser).toEqual(sparseRows([2, 2], [0, 0, 1], [0, 1, 0], [1, 3, 4]));
    expect(() => ratingsOf({ events: log.slice(1, 2) })).toThrow('the log has no ratings');
  });
});

describe('damped means', () => {
  it('are those of the formula', () => {
    const { mean, items, users } = dampedMeans(small, 1);
    expect(mean).toBeCloseTo(22 / 7, 12);
    expect(items[0]).toBeCloseTo((10 - 3 * (22 / 7)) / 4, 12);
    expect(items[3]).toBe(0);
    const left = 5 - mean - items[0]! + (3 - mean - items[1]!);
    expect(users[0]).toBeCloseTo(left / 3, 12);
    expect(meanRatings(small, 1).predict(0, [3, 0])).toEqual(
      Float64Array.from([mean + users[0]!, mean + items[0]! + users[0]!]),
    );
  });

  it('are plain means without damping, 0 for an item that nobody rated', () => {
    expect(dampedMeans(small, 0).items[3]).toBe(0);
    expect(dampedMeans(small, 0).items[1]).toBeCloseTo(2.5 - 22 / 7, 12);
  });

  it('refuse a damping below 0, and no rating', () => {
    expect(() => dampedMeans(small, -1)).toThrow('damping must be 0 or more');
    expect(() => dampedMeans(sparseRows([1, 1], [], [], []))).toThrow('there is no rating');
  });
});

describe('neighbours', () => {
  it('say what they say by the formula: items', () => {
    // Means of items 10/3, 5/2, 7/2. Centred: item 0 (5/3, 2/3, -7/3), item 1 (1/2, -1/2), item 2 (-, 3/2, -3/2).
    const lengths = [Math.hypot(5 / 3, 2 / 3, 7 / 3), Math.hypot(1 / 2, 1 / 2), Math.hypot(3 / 2, 3 / 2)];
    const toItem0 = ((2 / 3 + 7 / 3) * (3 / 2)) / lengths[0]! / lengths[2]!;
    const toItem1 = ((-1 / 2) * (3 / 2)) / lengths[1]! / lengths[2]!; // below 0: no neighbour
    expect(toItem0).toBeGreaterThan(0);
    expect(toItem1).toBeLessThan(0);
    const [item2, item3] = itemNeighborRatings(small, { neighbors: 2 }).predict(0, [2, 3]);
    expect(item2).toBeCloseTo(7 / 2 + 5 / 3, 12);
    expect(item3).toBeNaN();
  });

  it('say what they say by the formula: users', () => {
    // Means 4, 11/3, 3/2. User 0 (1, -1) and user 1 (1/3, -5/3, 4/3) are alike; user 2 (-1/2, -, 1/2) is not like user 0.
    const [item2, item3] = userNeighborRatings(small, { neighbors: 2 }).predict(0, [2, 3]);
    expect(item2).toBeCloseTo(4 + 4 / 3, 12);
    expect(item3).toBeNaN();
  });

  it('refuse unknown users and items, and no neighbours', () => {
    for (const fit of [itemNeighborRatings, userNeighborRatings]) {
      expect(() => fit(small, { neighbors: 0 })).toThrow('neighbors must be a whole number from 1, got 0');
      expect(() => fit(small, { neighbors: 2 }).predict(3, [0])).toThrow('there are 3 users, and none is 3');
      expect(() => fit(small, { neighbors: 2 }).predict(0, [4])).toThrow('there are 4 items, and none is 4');
    }
  });

  it('leave to another what they cannot say', () => {
    const both = withFallback(itemNeighborRatings(small, { neighbors: 2 }), meanRatings(small));
    const [item2, item3] = both.predict(0, [2, 3]);
    expect(item2).toBeCloseTo(7 / 2 + 5 / 3, 12);
    expect(item3).toBe(meanRatings(small).predict(0, [3])[0]);
    expect(both.name).toBe('item neighbours, 2, else damped means');
  });
});

describe('FunkSVD', () => {
  it('finds a planted matrix of two factors again', () => {
    const rng = createRng(5);
    const [users, items] = [60, 40];
    const draw = (count: number): number[][] =>
      Array.from({ length: count }, () => [rng.normal(), rng.normal()]);
    const [ofUser, ofItem] = [draw(users), draw(items)];
    const planted = (user: number, item: number): number =>
      3 + ofUser[user]![0]! * ofItem[item]![0]! + 0.5 * ofUser[user]![1]! * ofItem[item]![1]!;
    const cells = Array.from({ length: users * items }, (_, cell) => cell);
    const place = (cell: number): [number, number] => [Math.floor(cell / items), cell % items];
    const isHidden = (cell: number): boolean => (place(cell)[0] + place(cell)[1]) % 5 === 0;
    const [seen, hidden] = [cells.filter((cell) => !isHidden(cell)), cells.filter(isHidden)];
    const byUser = sparseRows(
      [users, items],
      seen.map((cell) => place(cell)[0]),
      seen.map((cell) => place(cell)[1]),
      seen.map((cell) => planted(...place(cell))),
    );
    const errorOf = (model: RatingPredictor): number =>
      Math.sqrt(
        hidden.reduce((sum, cell) => {
          const [user, item] = place(cell);
          return sum + (model.predict(user, [item])[0]! - planted(user, item)) ** 2;
        }, 0) / hidden.length,
      );
    const options = { numFactors: 3, epochs: 400, learningRate: 0.01, l2: 0.001, rng: createRng(1) };
    const found = funkSvd(byUser, options);
    expect(errorOf(found)).toBeLessThan(0.25 * errorOf(meanRatings(byUser)));
    expect(funkSvd(byUser, { ...options, rng: createRng(1) }).predict(3, [4, 5])).toEqual(
      found.predict(3, [4, 5]),
    );
  });

  it('refuses what is no number of factors', () => {
    expect(() => funkSvd(small, { numFactors: 0, epochs: 3, rng: createRng(1) })).toThrow(
      'numFactors must be',
    );
  });
});

const reference = sharedData('ml-latest-small-reference/item-item-preds.csv.gz');

/** Predictions that LensKit recorded on MovieLens latest-small (671 users, 100,004 ratings). */
describe.skipIf(reference === null)('the predictions of LensKit', () => {
  let ratings: Ratings;
  beforeAll(async () => {
    const columns = { user: 'userId', item: 'movieId', rating: 'rating', time: 'timestamp' };
    ratings = ratingsOf(
      await readLog(sharedData('ml-latest-small/ratings.csv.gz')!, { format: 'csv', columns, timeUnit: 's' }),
    );
  });

  /** Differences to the recorded predictions, by size, and how many were not made. */
  const against = (file: string, model: RatingPredictor): { errors: number[]; missing: number } => {
    const lines = gunzipSync(readFileSync(sharedData(`ml-latest-small-reference/${file}`)!))
      .toString()
      .trim();
    const [users, items] = [ratings.userIds, ratings.itemIds].map(
      (ids) => new Map(ids.map((id, at) => [id, at])),
    );
    const errors: number[] = [];
    let missing = 0;
    for (const line of lines.split('\n').slice(1)) {
      const [user, item, expected] = line.split(',') as [string, string, string];
      if (expected === '') continue;
      const own = model.predict(users!.get(user)!, [items!.get(item)!])[0]!;
      if (Number.isNaN(own)) missing += 1;
      else errors.push(Math.abs(own - Number(expected)));
    }
    return { errors: errors.sort((one, other) => one - other), missing };
  };

  it('are those of item neighbours', () => {
    const model = itemNeighborRatings(ratings.byUser, { neighbors: 20 });
    const { errors, missing } = against('item-item-preds.csv.gz', model);
    expect([errors.length, missing]).toEqual([1_288, 0]);
    // Of item 4406 for user 30 the 19th to the 21st neighbours are equally similar (.31183): either may speak.
    expect(errors.at(-1)).toBeLessThan(0.03);
    expect(errors.at(-2)).toBeLessThan(1e-12);
  });

  it('are those of user neighbours', () => {
    const model = userNeighborRatings(ratings.byUser, { neighbors: 30 });
    const { errors, missing } = against('user-user-preds.csv.gz', model);
    expect([errors.length, missing]).toEqual([1_756, 0]);
    expect(errors.at(-1)).toBeLessThan(1e-12);
  });

  it('are nearly those of FunkSVD: in which order it went through the ratings is not recorded', () => {
    const model = funkSvd(ratings.byUser, { numFactors: 15, epochs: 125, rng: createRng(1) });
    const { errors, missing } = against('funksvd-preds.csv.gz', model);
    expect([errors.length, missing]).toEqual([2_000, 0]);
    expect(errors.at(-1)).toBeLessThan(0.005);
  });
});
