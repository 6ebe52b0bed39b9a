import { InputError } from '../base/errors';
import type { Matrix } from '../base/matrix';
import type { Rng } from '../base/random';
import { expectPoints } from './points';
import { pointsWithoutGroups } from './without-groups';

export interface GapOptions {
  /** Clusterings of 1 to this many groups are tried. */
  readonly maxK: number;
  /** The method whose k is sought: labels of `k` groups. Never asked for one group. */
  readonly cluster: (points: Matrix, k: number, rng: Rng) => ArrayLike<number>;
  readonly rng: Rng;
  /** Data sets without groups that are drawn for comparison. Default 20. */
  readonly references?: number;
  /**
   * Where points without groups are drawn: evenly in the box of the columns, or in the box along the principal
   * components of the points, which follows a slanting cloud. Default 'components'.
   */
  readonly box?: 'columns' | 'components';
}

/** One number of groups beside data without groups. */
export interface GapAt {
  readonly k: number;
  /** Natural logarithm of the sum of squared distances to the means of the groups. */
  readonly logWithin: number;
  /** The mean of the same over the data without groups. */
  readonly expected: number;
  /** `expected - logWithin`: how much tighter the groups are than chance makes them. */
  readonly gap: number;
  /** Standard error of `expected`, widened for the number of references. */
  readonly error: number;
}

export interface GapStatistic {
  /** k = 1 to `maxK`. */
  readonly rows: readonly GapAt[];
  /**
   * Smallest k whose gap is at least that of k + 1 less its error. 1 says: no groups that this method could find. Null
   * when the gap rises to the end: ask for a larger `maxK`.
   */
  readonly best: number | null;
}

/**
 * How many groups are there, and are there any? Compares the tightness of groups with that of groups cut out of data
 * that have none.
 *
 * One of the few criteria that can answer 1. It may do so too early: groups that all lie equally far from each other in
 * many dimensions gain little from k = 2, and the rule stops there; look at the whole curve. The draw of reference r
 * depends on `rng` and r only.
 *
 * @param points `[N, D]`
 * @throws InputError when a point is not finite, all points are equal, or a clustering leaves no distances
 *   (groups of identical points)
 * @source Tibshirani, Walther & Hastie, "Estimating the number of clusters in a data set via the gap statistic", J. Royal
 *   Statistical Society B 63(2), 2001, §§3-4
 */
export function gapStatistic(points: Matrix, options: GapOptions): GapStatistic {
  const { maxK, cluster, rng, references = 20, box = 'components' } = options;
  if (!Number.isInteger(maxK) || maxK < 2) {
    throw new RangeError(`gapStatistic: maxK must be a whole number from 2, got ${maxK}`);
  }
  if (!Number.isInteger(references) || references < 2) {
    throw new RangeError(`gapStatistic: references must be a whole number from 2, got ${references}`);
  }
  expectPoints('gapStatistic', points, maxK);
  const logWithin = (of: Matrix, k: number, own: Rng): number =>
    Math.log(within(of, k === 1 ? new Int32Array(of.rows) : cluster(of, k, own)));

  const found: number[] = [];
  for (let k = 1; k <= maxK; k++) {
    const value = logWithin(points, k, rng.child('points', k));
    if (value === -Infinity) {
      throw new InputError(
        `gapStatistic: ${k} groups hold identical points only, so there is no width to compare.`,
        k === 1 ? 'Give points that differ.' : `Ask for a maxK below ${k}.`,
      );
    }
    found.push(value);
  }

  const draw = pointsWithoutGroups(points, box);
  const expected_RK = Array.from({ length: references }, (_, reference) => {
    const own = rng.child('reference', reference);
    const drawn = draw(own);
    return found.map((_, place) => logWithin(drawn, place + 1, own.child('k', place + 1)));
  });

  const rows = found.map((value, place) => {
    const drawn = expected_RK.map((of) => of[place]!);
    const expected = drawn.reduce((sum, one) => sum + one, 0) / references;
    const variance = drawn.reduce((sum, one) => sum + (one - expected) ** 2, 0) / references;
    return {
      k: place + 1,
      logWithin: value,
      expected,
      gap: expected - value,
      error: Math.sqrt(variance * (1 + 1 / references)),
    };
  });
  const best = rows.slice(0, -1).find(({ gap, k }) => gap >= rows[k]!.gap - rows[k]!.error);
  return { rows, best: best?.k ?? null };
}

/** Sum of squared distances of points from the means of their groups. */
function within({ rows: N, columns: D, values }: Matrix, labels: ArrayLike<number>): number {
  const members = new Map<number, number[]>();
  for (let point = 0; point < N; point++) {
    const group = members.get(labels[point]!);
    if (group) group.push(point);
    else members.set(labels[point]!, [point]);
  }
  let sum = 0;
  for (const group of members.values()) {
    for (let axis = 0; axis < D; axis++) {
      // From the first member and not from 0: identical points then have a sum of exactly 0.
      const origin = values[group[0]! * D + axis]!;
      let first = 0;
      let second = 0;
      for (const point of group) {
        const gap = values[point * D + axis]! - origin;
        first += gap;
        second += gap * gap;
      }
      sum += Math.max(0, second - (first * first) / group.length);
    }
  }
  return sum;
}
