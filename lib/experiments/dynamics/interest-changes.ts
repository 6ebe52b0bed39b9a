import type { Rng } from '../../base/random';
import { changePoints, multinomialCost } from '../../evaluation/change-points';
import { adjustPs, type Correction } from '../../evaluation/many-tests';
import { cutOfVisits, fewestVisits, matrixOfUsedKinds } from './visit-cut';
import type { InterestVisit } from './visit-interests';

/** When each user's interests changed, as found: times in ms, none for who is taken as constant. */
export type FoundChanges = readonly (readonly number[])[];

const sharesOf = (visits: readonly InterestVisit[]): Float64Array[] =>
  visits.map(({ counts }) => {
    const total = counts.reduce((sum, count) => sum + count, 0);
    return counts.map((count) => count / total);
  });

/**
 * Look for any number of changes in each user's row of visits, by a penalty (PELT).
 *
 * Each visit counts the same. A cut must save `factor` x K / 2 ln n nats, for n visits and the K kinds that the user was ever interested
 * in; pieces have three visits at least. A change is dated by the first visit behind it.
 *
 * @param factor above 0; 1 is the usual penalty. It buys fewer false alarms with fewer finds
 * @throws RangeError when the factor is not above 0
 * @source Killick, Fearnhead & Eckley, "Optimal Detection of Changepoints With a Linear Computational Cost", JASA 107(500), 2012.
 */
export function changesByPenalty(users: readonly (readonly InterestVisit[])[], factor: number): FoundChanges {
  if (!(factor > 0)) throw new RangeError(`changesByPenalty: factor must be above 0, got ${factor}`);
  return users.map((visits) => {
    const rows = matrixOfUsedKinds(sharesOf(visits));
    const cost = multinomialCost(rows);
    const penalty = (factor * rows.columns * Math.log(Math.max(2, visits.length))) / 2;
    const { cuts } = changePoints(visits.length, cost, { penalty, minLength: fewestVisits });
    return cuts.map((cut) => visits[cut]!.startMs);
  });
}

/** How the test for one change is made. */
export interface ChangeTest {
  /** Level after the correction, above 0 and below 1. */
  readonly level: number;
  /** For as many tests as users with enough visits. */
  readonly correction: Correction;
  /** From 1. With u users and Benjamini-Hochberg take some u / level or more, or p is too coarse to pass. */
  readonly shuffles: number;
  readonly rng: Rng;
}

/**
 * Test each user for one change at an unknown time, beside shuffled visits, corrected for the number of users.
 *
 * @returns the best cut of whoever passes; nothing for others, nor for users with fewer than six visits
 * @throws RangeError when an option is out of range
 * @source Good, "Permutation, Parametric, and Bootstrap Tests of Hypotheses", 3rd ed., 2005, chapter 3; Benjamini & Hochberg, "Controlling
 *   the False Discovery Rate", Journal of the Royal Statistical Society B 57(1), 1995.
 */
export function changesByTest(
  users: readonly (readonly InterestVisit[])[],
  { level, correction, shuffles, rng }: ChangeTest,
): FoundChanges {
  if (!(level > 0 && level < 1))
    throw new RangeError(`changesByTest: level must be above 0 and below 1, got ${level}`);
  const cuts = users.map((visits, user) => cutOfVisits(sharesOf(visits), { shuffles, rng: rng.child(user) }));
  const tested = [...cuts.keys()].filter((user) => cuts[user]!.at > 0);
  const adjusted = adjustPs(
    tested.map((user) => cuts[user]!.p),
    correction,
  );
  const passed = new Set(tested.filter((_, place) => adjusted[place]! <= level));
  return users.map((visits, user) => (passed.has(user) ? [visits[cuts[user]!.at]!.startMs] : []));
}

/** Changes found, beside those that were planted. */
export interface ChangeHits {
  /** Users whose interests move, and those of them with a change found near the true time, and with any found. */
  readonly planted: number;
  readonly hit: number;
  readonly noticed: number;
  /** Users who keep their interests, and those of them with a change found: false alarms. */
  readonly constant: number;
  readonly alarms: number;
  /** Days between the true time and the nearest found, of every user that was noticed. */
  readonly daysOff: number[];
}

const dayMs = 86_400_000;

/**
 * Count hits, misses and false alarms of changes found.
 *
 * @param movedMs    when each user's interests moved; `null` for who keeps them
 * @param withinDays a change this near counts as found
 * @throws RangeError when there is not one of both a user
 */
export function changeHits(
  found: FoundChanges,
  movedMs: readonly (number | null)[],
  withinDays: number,
): ChangeHits {
  if (found.length !== movedMs.length)
    throw new RangeError(`changeHits: changes of ${found.length} users, truth of ${movedMs.length}`);
  const daysOff: number[] = [];
  let [planted, alarms] = [0, 0];
  for (const [user, atMs] of movedMs.entries()) {
    const times = found[user]!;
    if (atMs === null) {
      if (times.length > 0) alarms += 1;
      continue;
    }
    planted += 1;
    if (times.length > 0) daysOff.push(Math.min(...times.map((time) => Math.abs(time - atMs))) / dayMs);
  }
  return {
    planted,
    hit: daysOff.filter((days) => days <= withinDays).length,
    noticed: daysOff.length,
    constant: movedMs.length - planted,
    alarms,
    daysOff,
  };
}
