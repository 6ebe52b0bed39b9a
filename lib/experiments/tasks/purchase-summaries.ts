import { matrix, type Matrix } from '../../base/matrix';
import type { EventLog } from '../../data/event';

const dayMs = 86_400_000;
const weekMs = 7 * dayMs;

/** What the models of the customer base read of each customer: recency, frequency, age, value. In weeks. */
export interface PurchaseSummaries {
  readonly userIds: readonly string[];
  /** x: days with a purchase after the first one. */
  readonly repeats: Float64Array;
  /** t_x: from the first purchase to the last. 0 without a repeat. */
  readonly recency: Float64Array;
  /** T: from the first purchase to the last day that is read. */
  readonly age: Float64Array;
  /** Mean spent on a day with a purchase. */
  readonly meanSpent: Float64Array;
}

/**
 * Sum up the purchases of each user until a moment.
 *
 * @param before purchases by days, all before the moment; other behaviours do not count
 * @param cutMs  midnight (UTC) at which it is asked: the day before is the last one that is read
 * @returns one entry a user of `userIds`, by default all who have a purchase
 * @throws RangeError when a purchase is not before the moment, has no time, or a user has none
 * @source Fader, Hardie & Lee, "Counting Your Customers the Easy Way: An Alternative to the Pareto/NBD Model", Marketing Science
 *   24(2), 2005 (x, t_x and T).
 */
export function purchaseSummaries(
  before: EventLog,
  cutMs: number,
  userIds: readonly string[] = [...new Set(purchasesOf(before).map(({ userId }) => userId))],
): PurchaseSummaries {
  const daysOf = new Map<string, Map<number, number>>();
  for (const { userId, timeMs, price } of purchasesOf(before)) {
    if (timeMs === null || timeMs >= cutMs) {
      throw new RangeError(`purchaseSummaries: a purchase of ${userId} is at ${timeMs}, not before ${cutMs}`);
    }
    const own = daysOf.get(userId) ?? new Map<number, number>();
    daysOf.set(userId, own);
    const day = Math.floor(timeMs / dayMs);
    own.set(day, (own.get(day) ?? 0) + (price ?? 0));
  }
  const of = userIds.map((userId) => {
    const own = daysOf.get(userId);
    if (!own) throw new RangeError(`purchaseSummaries: ${userId} has no purchase`);
    const days = [...own.keys()];
    const [first, last] = [Math.min(...days) * dayMs, Math.max(...days) * dayMs];
    return {
      repeats: own.size - 1,
      recency: (last - first) / weekMs,
      age: (cutMs - dayMs - first) / weekMs,
      meanSpent: [...own.values()].reduce((sum, spent) => sum + spent, 0) / own.size,
    };
  });
  const column = (name: keyof (typeof of)[number]): Float64Array => Float64Array.from(of, (own) => own[name]);
  return {
    userIds,
    repeats: column('repeats'),
    recency: column('recency'),
    age: column('age'),
    meanSpent: column('meanSpent'),
  };
}

/** What stands in a column of `summaryFeatures`. */
export const summaryFeatureNames = [
  'weeks of silence',
  'log(1 + repeats)',
  'age in weeks',
  'log(1 + mean spent)',
];

/**
 * Recency, frequency and value as columns for a linear model: silence since the last purchase, repeats, age, mean spent.
 *
 * @source Hughes, "Strategic Database Marketing", Probus 1994 (recency, frequency, monetary value).
 */
export function summaryFeatures({ repeats, recency, age, meanSpent }: PurchaseSummaries): Matrix {
  const values = new Float32Array(repeats.length * summaryFeatureNames.length);
  for (let user = 0; user < repeats.length; user++) {
    values.set(
      [
        age[user]! - recency[user]!,
        Math.log1p(repeats[user]!),
        age[user]!,
        Math.log1p(Math.max(0, meanSpent[user]!)),
      ],
      user * summaryFeatureNames.length,
    );
  }
  return matrix(repeats.length, summaryFeatureNames.length, values);
}

const purchasesOf = ({ events }: EventLog): EventLog['events'] =>
  events.filter(({ behavior }) => behavior === 'purchase');
