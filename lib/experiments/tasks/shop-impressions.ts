import { matrix, type Matrix } from '../../base/matrix';
import type { EventLog } from '../../data/event';
import { clickProbability, type ShopExposure } from '../../data/shop/exposures';

/** Items seen in the made-up shop within a time: what its log tells of each, whether it was clicked, and how likely that was. */
export interface ShopImpressions {
  /** Place in the visit, price, earlier views, weekend, offer, category: one row an item seen. */
  readonly features: Matrix;
  readonly clicks: Int32Array;
  /** The probability that was planted: no forecast from the log can be better on average. */
  readonly planted: Float64Array;
  readonly userIds: readonly string[];
  readonly categories: readonly string[];
}

/** Places from this one on are one column. */
const lastPlace = 8;

/**
 * The items seen from one moment to another as cases of a click.
 *
 * Features are those that stand in, or follow from, the log before the click; `disinterest`, which hangs on the planted group, is left out.
 *
 * @param exposures `truth.exposures` of the log
 * @throws RangeError when nothing was seen in that time
 * @source Richardson, Dominowska & Ragno, "Predicting Clicks: Estimating the Click-Through Rate for New Ads", WWW 2007 (logistic regression
 *   on features of place, advertisement and query).
 */
export function shopImpressions(
  log: EventLog,
  exposures: readonly ShopExposure[],
  { fromMs, untilMs }: { readonly fromMs: number; readonly untilMs: number },
): ShopImpressions {
  const seen = exposures.filter(({ event }) => {
    const { timeMs, itemId } = log.events[event]!;
    return timeMs !== null && itemId !== null && timeMs >= fromMs && timeMs < untilMs;
  });
  if (seen.length === 0) throw new RangeError('shopImpressions: nothing was seen in this time');
  const names = [...new Set([...log.items.values()].map(({ categories }) => categories[0]!))].sort();
  const categories = seen.map(({ itemId }) => log.items.get(itemId)!.categories[0]!);
  const columns = 4 + lastPlace + names.length;
  const values = new Float32Array(seen.length * columns);
  for (const [row, own] of seen.entries()) {
    const at = row * columns;
    values.set([own.priceLevel, own.earlierViews, own.weekend, own.discount], at);
    values[at + 4 + Math.min(own.place, lastPlace) - 1] = 1;
    values[at + 4 + lastPlace + names.indexOf(categories[row]!)] = 1;
  }
  return {
    features: matrix(seen.length, columns, values),
    clicks: Int32Array.from(seen, ({ didClick }) => Number(didClick)),
    planted: Float64Array.from(seen, clickProbability),
    userIds: seen.map(({ userId }) => userId),
    categories,
  };
}

/** A user counts as if this many items more had been seen, and two in five of them clicked. */
const prior = { seen: 10, clicked: 4 };

/**
 * What the log tells of each user before a moment that bears on a click: how readily the user clicks (log odds, smoothed), and how much
 * the item's category was looked at, 1 for the one looked at most.
 *
 * @param before events before the moment
 * @returns one row an impression: two columns
 */
export function clickHabits(before: EventLog, { userIds, categories }: ShopImpressions): Matrix {
  const known = new Map<string, { seen: number; clicked: number; of: Map<string, number> }>();
  for (const { userId, behavior, itemId } of before.events) {
    const own = known.get(userId) ?? { seen: 0, clicked: 0, of: new Map<string, number>() };
    known.set(userId, own);
    own.clicked += Number(behavior === 'click');
    if (behavior !== 'browse' || itemId === null) continue;
    const category = before.items.get(itemId)!.categories[0]!;
    own.seen += 1;
    own.of.set(category, (own.of.get(category) ?? 0) + 1);
  }
  const values = new Float32Array(userIds.length * 2);
  for (const [row, userId] of userIds.entries()) {
    const own = known.get(userId);
    // Copies of a row and rows without an item can make it more clicks than items seen.
    const rate = Math.min(0.99, ((own?.clicked ?? 0) + prior.clicked) / ((own?.seen ?? 0) + prior.seen));
    const most = Math.max(1, ...(own?.of.values() ?? []));
    values.set([Math.log(rate / (1 - rate)), (own?.of.get(categories[row]!) ?? 0) / most], row * 2);
  }
  return matrix(userIds.length, 2, values);
}
