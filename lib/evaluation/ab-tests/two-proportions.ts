import { normalCdf, normalQuantile } from '../distributions';
import { waldDifference, type Interval, type Proportion } from '../proportion-interval';
import { shareRatio } from '../share-ratio';

/** Two rates compared once, at the planned end of a test. */
export interface ProportionTest extends Interval {
  readonly rates: readonly [first: number, second: number];
  /** Second minus first, with its interval. */
  readonly difference: number;
  /** Of the difference, not pooled. */
  readonly standardError: number;
  /** By how much the second rate is above the first, as a share of it; NaN where the first is 0. */
  readonly lift: number;
  readonly liftInterval: Interval;
  readonly z: number;
  /** Two-sided. */
  readonly p: number;
}

/**
 * Ask whether two independent groups have the same rate: the test of two proportions, to be looked at once.
 *
 * Whoever looks every day and stops at the first p below .05 claims far more than 5 % false differences: see `startSequentialTest` and
 * `groupSequentialBounds`. With fewer than some 10 successes in a group take `fisherExact`.
 *
 * @param level of the intervals, default .95
 * @throws RangeError when a group is no proportion, all cases of both are alike, or the level is not above 0 and below 1
 * @source Fleiss, Levin & Paik, "Statistical Methods for Rates and Proportions", 3rd ed., 2003, section 3.2 (the test, pooled variance);
 *   Katz, Baptista, Azen & Pike, 1978 (interval of the lift, through the ratio).
 */
export function twoProportionTest(first: Proportion, second: Proportion, level = 0.95): ProportionTest {
  const critical = normalQuantile((1 + level) / 2);
  const { low, high } = waldDifference(first, second, critical);
  const rates = [first.successes / first.cases, second.successes / second.cases] as const;
  const pooled = (first.successes + second.successes) / (first.cases + second.cases);
  const error = Math.sqrt(pooled * (1 - pooled) * (1 / first.cases + 1 / second.cases));
  if (error === 0) {
    throw new RangeError('twoProportionTest: all cases are alike, so there is nothing to judge by');
  }
  const difference = rates[1] - rates[0];
  const ratio = shareRatio(
    { first: second.successes, firstCases: second.cases, second: first.successes, secondCases: first.cases },
    critical,
  );
  return {
    rates,
    difference,
    low,
    high,
    standardError: Math.sqrt(
      (rates[0] * (1 - rates[0])) / first.cases + (rates[1] * (1 - rates[1])) / second.cases,
    ),
    lift: first.successes === 0 ? NaN : ratio.ratio - 1,
    liftInterval: { low: ratio.low - 1, high: ratio.high - 1 },
    z: difference / error,
    p: 2 * normalCdf(-Math.abs(difference / error)),
  };
}
