import { summarise } from '../summary';

/**
 * How large a mean difference is beside its spread over the users: Cohen's d for pairs (d_z).
 *
 * .2 is called small, .5 middling, .8 large. Unlike p it does not grow with the number of users.
 *
 * @param differences one a user, at least 2
 * @returns 0 where all are 0; Infinity where all are the same and not 0
 * @throws RangeError when there are fewer than 2 or one is not finite
 * @source Cohen, "Statistical Power Analysis for the Behavioral Sciences", 2nd ed., 1988, section 2.3.5.
 */
export function pairedCohensD(differences: ArrayLike<number>): number {
  if (differences.length < 2)
    throw new RangeError(`pairedCohensD: needs 2 differences or more, got ${differences.length}`);
  const { mean, standardDeviation } = summarise(Array.from(differences));
  return mean === 0 ? 0 : mean / standardDeviation!;
}

/**
 * How much more often a number of the second group is above one of the first than below: Cliff's delta.
 *
 * 1: all of the second are above all of the first; -1: all below; 0: as often above as below. Ties count neither way.
 *
 * @throws RangeError when a group is empty or a value is not a number
 * @source Cliff, "Dominance Statistics: Ordinal Analyses to Answer Ordinal Questions", Psychological Bulletin 114(3), 1993.
 */
export function cliffsDelta(first: ArrayLike<number>, second: ArrayLike<number>): number {
  if (first.length === 0 || second.length === 0)
    throw new RangeError(`cliffsDelta: groups of ${first.length} and ${second.length} cases`);
  const [a, b] = [Float64Array.from(first).sort(), Float64Array.from(second).sort()];
  if ([...a, ...b].some(Number.isNaN)) throw new RangeError('cliffsDelta: a value is not a number');
  let [below, upTo, balance] = [0, 0, 0];
  for (const value of b) {
    while (below < a.length && a[below]! < value) below += 1;
    while (upTo < a.length && a[upTo]! <= value) upTo += 1;
    balance += below - (a.length - upTo);
  }
  return balance / (a.length * b.length);
}
