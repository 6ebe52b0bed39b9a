import type { Rng } from '../base/random';
import { jensenShannon } from './jensen-shannon';

/** How far the interests of a population moved between two periods, beside chance. */
export interface PairedDrift {
  /** Jensen-Shannon divergence of the mean shares before and after, bits. */
  readonly value: number;
  /** Mean of the same with the periods swapped for half of the users, drawn anew each time. */
  readonly shuffled: number;
  /** Share of the swaps that move as far, the true order counted as one. */
  readonly p: number;
}

/**
 * Test whether a population's interests moved between two periods, asking the same users in both.
 *
 * Each user counts the same, whatever they did. Where nothing moved together, before and after of each user could as well be the other way
 * round; so they are swapped at random. What a user changes alone, each to another side, cancels out: that is volatility, not drift. Users
 * of one period only are left out before; who comes and who leaves may change a shop more than anybody's interests do. For several tests
 * see `adjustPs`.
 *
 * @param before one row a user: counts or shares of kinds, not all zeros
 * @param after  of the same users in the same order
 * @throws RangeError when there are not as many users in both, rows differ in length, one is all zeros, or `shuffles` is no whole number
 *   from 1
 * @source Good, "Permutation, Parametric, and Bootstrap Tests of Hypotheses", 3rd ed., 2005, chapter 3 (matched pairs); Phipson & Smyth,
 *   "Permutation P-values Should Never Be Zero", Statistical Applications in Genetics and Molecular Biology 9(1), 2010.
 */
export function pairedDrift(
  before: readonly ArrayLike<number>[],
  after: readonly ArrayLike<number>[],
  { shuffles, rng }: { readonly shuffles: number; readonly rng: Rng },
): PairedDrift {
  const users = before.length;
  if (users === 0 || after.length !== users)
    throw new RangeError(`pairedDrift: ${users} users before and ${after.length} after`);
  if (!(Number.isInteger(shuffles) && shuffles >= 1))
    throw new RangeError(`pairedDrift: shuffles must be a whole number from 1, got ${shuffles}`);
  const kinds = before[0]!.length;
  const shares = [before, after].map((rows) => rows.map((row, user) => sharesOf(row, user, kinds)));
  const [first, second] = shares as [Float64Array[], Float64Array[]];
  const apart = (isSwapped: (user: number) => boolean): number => {
    const sums = [new Float64Array(kinds), new Float64Array(kinds)] as const;
    for (let user = 0; user < users; user++) {
      const [one, other] = isSwapped(user) ? [sums[1], sums[0]] : sums;
      for (let kind = 0; kind < kinds; kind++) {
        one[kind]! += first[user]![kind]!;
        other[kind]! += second[user]![kind]!;
      }
    }
    return jensenShannon(...sums);
  };
  const value = apart(() => false);
  const others = Array.from({ length: shuffles }, () => apart(() => rng.next() < 0.5));
  return {
    value,
    shuffled: others.reduce((sum, other) => sum + other, 0) / shuffles,
    p: (1 + others.filter((other) => other >= value - 1e-12).length) / (shuffles + 1),
  };
}

function sharesOf(row: ArrayLike<number>, user: number, kinds: number): Float64Array {
  if (row.length !== kinds)
    throw new RangeError(`pairedDrift: user ${user} has ${row.length} kinds, user 0 has ${kinds}`);
  const total = Array.from(row).reduce((sum, count) => sum + count, 0);
  if (!(total > 0)) throw new RangeError(`pairedDrift: user ${user} has nothing in one of the periods`);
  return Float64Array.from(row, (count) => count / total);
}
