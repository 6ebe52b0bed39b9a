import type { Interval } from '../proportion-interval';

export interface AlwaysValidOptions {
  /**
   * How far apart one expects the groups to be, in the unit of the outcome, above 0: the standard deviation of the effects that the test
   * is tuned to. Any value keeps the promise; a wrong one by a factor of ten costs cases.
   */
  readonly expectedEffect: number;
  /** Default .05. */
  readonly alpha?: number;
}

/** What a look at a running test says. */
export interface SequentialLook extends Interval {
  /** The smallest p of all looks so far: below alpha at any time means a difference, and the test may stop. */
  readonly p: number;
  /** How much likelier the data are under a spread of effects than under none. */
  readonly likelihoodRatio: number;
  readonly isDecided: boolean;
}

/** A difference as it stands at a look. */
export interface RunningDifference {
  /** Second minus first, of all cases so far. */
  readonly difference: number;
  /** Of that difference: variance of each group by its cases, summed. */
  readonly variance: number;
}

/** A test that may be looked at whenever one likes. */
export interface SequentialTest {
  look(now: RunningDifference): SequentialLook;
}

/**
 * Start an A/B test at which one may look whenever one likes and stop as soon as it is decided: the mixture sequential probability ratio test.
 *
 * Among all tests without a difference at most alpha ever show p below alpha, however often they are looked at and for however long. The
 * intervals hold together, too: at most alpha of all tests ever have one that misses the true difference. The price: for a given number
 * of cases it finds fewer differences than a test that is looked at once. It rests on the normal distribution, so the first look comes
 * after some hundred cases in each group (for rates, ten successes).
 *
 * @throws RangeError when the expected effect is not above 0 or alpha not between 0 and 1; `look` when the variance is not above 0
 * @source Johari, Koomen, Pekelis & Walsh, "Always Valid Inference: Continuous Monitoring of A/B Tests", Operations Research 70(3), 2022,
 *   sections 3 and 4; the mixture: Robbins, "Statistical Methods Related to the Law of the Iterated Logarithm", Annals of Mathematical
 *   Statistics 41(5), 1970.
 * @differs The variance is the one estimated at each look.
 */
export function startSequentialTest({ expectedEffect, alpha = 0.05 }: AlwaysValidOptions): SequentialTest {
  if (!(expectedEffect > 0 && expectedEffect < Infinity)) {
    throw new RangeError(`startSequentialTest: the expected effect must be above 0, got ${expectedEffect}`);
  }
  if (!(alpha > 0 && alpha < 1))
    throw new RangeError(`startSequentialTest: alpha must be above 0 and below 1, got ${alpha}`);
  const mixing = expectedEffect ** 2;
  let smallest = 1;
  let [low, high] = [-Infinity, Infinity];
  return {
    look({ difference, variance }) {
      if (!(variance > 0 && Number.isFinite(difference))) {
        throw new RangeError(`SequentialTest.look: difference ${difference} with variance ${variance}`);
      }
      const both = variance + mixing;
      const likelihoodRatio =
        Math.sqrt(variance / both) * Math.exp((mixing * difference ** 2) / (2 * variance * both));
      const half = Math.sqrt(
        ((variance * both) / mixing) * (2 * Math.log(1 / alpha) + Math.log(both / variance)),
      );
      smallest = Math.min(smallest, 1 / likelihoodRatio);
      low = Math.max(low, difference - half);
      high = Math.min(high, difference + half);
      return { p: smallest, likelihoodRatio, low, high, isDecided: smallest <= alpha };
    },
  };
}
