import { matrix, type Matrix } from '../../base/matrix';
import type { EventLog } from '../../data/event';

const dayMs = 86_400_000;
/** Whoever never bought counts as one who bought so many days ago. */
const longAgoDays = 90;
const recentDays = 14;

/** What stands in a column of `activityFeatures`. */
export const activityFeatureNames = [
  'days of silence',
  'days since a purchase',
  'log(1 + events)',
  'log(1 + purchases)',
  'log(1 + clicks)',
  'log(1 + events of two weeks)',
  'days known',
] as const;

/**
 * What somebody would think of by hand, of each user until a moment: silence, purchases, clicks, activity, age.
 *
 * @param before events before the moment
 * @returns one row a user of `userIds`, in their order
 * @throws RangeError when an event is not before the moment, or a user has none
 * @source Van den Poel & Buckinx, "Predicting online-purchasing behaviour", European Journal of Operational Research 166(2), 2005 (recency
 *   and frequency of visits and of purchases were the features that told most).
 */
export function activityFeatures(before: EventLog, userIds: readonly string[], cutMs: number): Matrix {
  const empty = () => ({
    last: -Infinity,
    first: Infinity,
    bought: -Infinity,
    events: 0,
    purchases: 0,
    clicks: 0,
    recent: 0,
  });
  const known = new Map(userIds.map((userId) => [userId, empty()]));
  for (const { userId, behavior, timeMs } of before.events) {
    const own = known.get(userId);
    if (!own || timeMs === null) continue;
    if (timeMs >= cutMs)
      throw new RangeError(`activityFeatures: an event of ${userId} is not before the moment`);
    own.last = Math.max(own.last, timeMs);
    own.first = Math.min(own.first, timeMs);
    own.events += 1;
    own.clicks += Number(behavior === 'click');
    own.recent += Number(timeMs >= cutMs - recentDays * dayMs);
    if (behavior !== 'purchase') continue;
    own.purchases += 1;
    own.bought = Math.max(own.bought, timeMs);
  }
  const rows = userIds.map((userId) => {
    const own = known.get(userId)!;
    if (own.events === 0) throw new RangeError(`activityFeatures: ${userId} has no event`);
    const daysSince = (timeMs: number): number => (cutMs - timeMs) / dayMs;
    return [
      daysSince(own.last),
      Math.min(longAgoDays, daysSince(own.bought)),
      ...[own.events, own.purchases, own.clicks, own.recent].map(Math.log1p),
      daysSince(own.first),
    ];
  });
  return matrix(rows.length, activityFeatureNames.length, Float32Array.from(rows.flat()));
}
