import { quantile } from '../base/quantile';
import type { Rng } from '../base/random';
import type { Interval } from './proportion-interval';

/** A number of many cases, and how far it would be elsewhere with other cases of the same kind. */
export interface BootstrapInterval extends Interval {
  /** Of the cases themselves. */
  readonly value: number;
  /** Standard deviation over the resamples. */
  readonly standardError: number;
}

/** How cases are drawn anew. */
export interface BootstrapDraws {
  readonly rng: Rng;
  /** From 100; default 2,000. */
  readonly resamples?: number;
  /** Share of the resamples between the two ends, above 0 and below 1; default .95. */
  readonly level?: number;
}

/**
 * Say between which values any number lies that is computed from users: draw as many users with putting back, compute it again, many
 * times, and take the middle of what comes out (the percentile interval).
 *
 * Draw what is independent: users, not events or visits. It says how the number would vary with other users of the same kind, and nothing
 * of another period, seed or model. Too narrow for fewer than some 30 cases, and wrong for a largest or smallest value.
 *
 * @param cases     number of them
 * @param statistic of chosen cases, given as places 0 to `cases` - 1, some of them several times
 * @throws RangeError when there are no 2 cases, an option is out of range, or a resample has no finite number
 * @source Efron & Tibshirani, "An Introduction to the Bootstrap", 1993, chapters 6 and 13 (standard error, percentile interval); Hyndman &
 *   Fan, "Sample Quantiles in Statistical Packages", The American Statistician 50(4), 1996, definition 7 (the percentiles).
 */
export function bootstrapInterval(
  cases: number,
  statistic: (chosen: Int32Array) => number,
  { rng, resamples = 2000, level = 0.95 }: BootstrapDraws,
): BootstrapInterval {
  const refuse = (problem: string): never => {
    throw new RangeError(`bootstrapInterval: ${problem}`);
  };
  if (!(Number.isInteger(cases) && cases >= 2)) refuse(`needs 2 cases or more, got ${cases}`);
  if (!(Number.isInteger(resamples) && resamples >= 100))
    refuse(`resamples must be a whole number from 100, got ${resamples}`);
  if (!(level > 0 && level < 1)) refuse(`level must be above 0 and below 1, got ${level}`);
  const all = Int32Array.from({ length: cases }, (_, place) => place);
  const value = statistic(all);
  const chosen = new Int32Array(cases);
  const drawn = Float64Array.from({ length: resamples }, (_, resample) => {
    for (let place = 0; place < cases; place++) chosen[place] = rng.integer(cases);
    const own = statistic(chosen);
    return Number.isFinite(own) ? own : refuse(`resample ${resample} gives ${own}, which is no number`);
  }).sort();
  const mean = drawn.reduce((sum, own) => sum + own, 0) / resamples;
  const squares = drawn.reduce((sum, own) => sum + (own - mean) ** 2, 0);
  return {
    value,
    low: quantile(drawn, (1 - level) / 2),
    high: quantile(drawn, (1 + level) / 2),
    standardError: Math.sqrt(squares / (resamples - 1)),
  };
}
