import { tQuantile, tTwoSided } from '../distributions';
import type { Interval } from '../proportion-interval';
import { summarise } from '../summary';

/** What a t test found: a difference of means with all that it was judged by. */
export interface TTest extends Interval {
  /** Second minus first. */
  readonly difference: number;
  readonly standardError: number;
  readonly t: number;
  readonly degreesOfFreedom: number;
  /** Two-sided. */
  readonly p: number;
}

/**
 * Ask whether the users' differences have the mean 0: Student's t test for pairs.
 *
 * With hundreds of users the differences may have any distribution; with few they should be near normal.
 *
 * @param differences one a user, second minus first, at least 2
 * @param level of the interval, default .95
 * @throws RangeError when there are fewer than 2, one is not finite, all are equal, or the level is not above 0 and below 1
 * @source Student (Gosset), "The Probable Error of a Mean", Biometrika 6(1), 1908; for rankings: Sakai, "Statistical Reform in Information
 *   Retrieval?", SIGIR Forum 48(1), 2014.
 */
export function pairedTTest(differences: ArrayLike<number>, level = 0.95): TTest {
  const { mean, variance, count } = momentsOf('pairedTTest', differences);
  return tTest('pairedTTest', mean, Math.sqrt(variance / count), count - 1, level);
}

/**
 * Ask whether two independent groups have the same mean, which may spread differently: Welch's t test.
 *
 * @param first  one number a case, at least 2
 * @param second likewise, of other cases
 * @throws RangeError as `pairedTTest`
 * @source Welch, "The Generalization of 'Student's' Problem when Several Different Population Variances are Involved", Biometrika
 *   34(1/2), 1947.
 */
export function welchTTest(first: ArrayLike<number>, second: ArrayLike<number>, level = 0.95): TTest {
  const [a, b] = [momentsOf('welchTTest', first), momentsOf('welchTTest', second)];
  const [ofA, ofB] = [a.variance / a.count, b.variance / b.count];
  const degreesOfFreedom = (ofA + ofB) ** 2 / (ofA ** 2 / (a.count - 1) + ofB ** 2 / (b.count - 1));
  return tTest('welchTTest', b.mean - a.mean, Math.sqrt(ofA + ofB), degreesOfFreedom, level);
}

function tTest(
  name: string,
  difference: number,
  standardError: number,
  degreesOfFreedom: number,
  level: number,
): TTest {
  if (!(standardError > 0)) throw new RangeError(`${name}: nothing varies, so there is nothing to judge by`);
  const t = difference / standardError;
  const half = tQuantile((1 + level) / 2, degreesOfFreedom) * standardError;
  return {
    difference,
    low: difference - half,
    high: difference + half,
    standardError,
    t,
    degreesOfFreedom,
    p: tTwoSided(t, degreesOfFreedom),
  };
}

function momentsOf(
  name: string,
  values: ArrayLike<number>,
): { mean: number; variance: number; count: number } {
  if (values.length < 2) throw new RangeError(`${name}: needs 2 values or more, got ${values.length}`);
  const { mean, standardDeviation, count } = summarise(Array.from(values));
  return { mean, variance: standardDeviation! ** 2, count };
}
