import type { TwoCounts } from './fisher-exact';
import { z95, type Interval } from './proportion-interval';

/** How many times as common something is in the first group as in the second. */
export interface ShareRatio extends Interval {
  /** NaN where neither group has it, Infinity where only the first has. */
  readonly ratio: number;
}

/**
 * Divide the share of one group by that of another, with an interval.
 *
 * Where a group has none, the interval is open on that side (0, or Infinity): the data do not bound it.
 *
 * @param z 1.96 for 95 %
 * @throws RangeError when a group has no cases
 * @source Katz, Baptista, Azen & Pike, "Obtaining Confidence Intervals for the Risk Ratio in Cohort Studies", Biometrics 34(3), 1978.
 */
export function shareRatio({ first, firstCases, second, secondCases }: TwoCounts, z = z95): ShareRatio {
  if (!(firstCases > 0 && secondCases > 0)) {
    throw new RangeError(`shareRatio: both groups need cases, got ${firstCases} and ${secondCases}`);
  }
  const ratio = first / firstCases / (second / secondCases);
  if (first === 0 || second === 0) return { ratio, low: 0, high: Infinity };
  const spread = Math.sqrt(1 / first - 1 / firstCases + 1 / second - 1 / secondCases);
  return { ratio, low: ratio * Math.exp(-z * spread), high: ratio * Math.exp(z * spread) };
}
