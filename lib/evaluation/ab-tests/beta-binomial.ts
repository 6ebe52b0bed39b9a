import { betaCdf, betaQuantile } from '../distributions';
import { integrate } from '../gauss-legendre';
import type { Interval, Proportion } from '../proportion-interval';

/** What was believed of every rate before: as if `a` successes and `b` failures had been seen. */
export interface BetaPrior {
  readonly a: number;
  readonly b: number;
}

/** What is believed of one group's rate. */
export interface BelievedRate extends Interval {
  /** Parameters of its beta distribution. */
  readonly a: number;
  readonly b: number;
  readonly mean: number;
  /** That its rate is the highest of all. */
  readonly probabilityBest: number;
  /** What is lost on average by taking it: how far the best of the others is above it where it is, in the unit of the rate. */
  readonly expectedLoss: number;
}

/**
 * Say what to believe of several rates: an interval for each, how probably it is the best, and what is lost if it is taken and is not.
 *
 * The probability asks who is best, however little; the loss asks how much it matters, and a decision should go by it: take a group
 * once its loss is below what one cares about. Looking every day and stopping when one likes it raises the share of false claims here,
 * too. By integration, not by drawing.
 *
 * @param prior default a = b = 1: every rate as likely as any other
 * @param level of the intervals, default .95
 * @throws RangeError when there are fewer than 2 groups, one is no proportion, or the prior is not above 0
 * @source Gelman, Carlin, Stern, Dunson, Vehtari & Rubin, "Bayesian Data Analysis", 3rd ed., 2013, section 2.1; Stucchio, "Bayesian A/B
 *   Testing at VWO", 2015 (the expected loss).
 */
export function betaBinomial(
  groups: readonly Proportion[],
  { a: priorA, b: priorB }: BetaPrior = { a: 1, b: 1 },
  level = 0.95,
): BelievedRate[] {
  if (groups.length < 2) throw new RangeError(`betaBinomial: needs 2 groups or more, got ${groups.length}`);
  if (!(priorA > 0 && priorB > 0))
    throw new RangeError(`betaBinomial: the prior must be above 0, got ${priorA} and ${priorB}`);
  const beliefs = groups.map(({ successes, cases }, group) => {
    if (!(successes >= 0 && successes <= cases && cases < Infinity))
      throw new RangeError(`betaBinomial: group ${group} has ${successes} of ${cases} cases`);
    return { a: priorA + successes, b: priorB + cases - successes };
  });
  const edges = [1e-10, 1e-5, 0.01, 0.2, 0.5, 0.8, 0.99, 1 - 1e-5, 1 - 1e-10];
  // Rates where one of the distributions bends.
  const bends = beliefs.flatMap(({ a, b }) => edges.map((share) => betaQuantile(share, a, b)));
  const rates = [0, ...bends, 1].sort((x, y) => x - y);
  return beliefs.map(({ a, b }, group) => {
    const others = beliefs.filter((_, other) => other !== group);
    const allBelow = (rate: number): number =>
      others.reduce((share, other) => share * betaCdf(rate, other.a, other.b), 1);
    // A share next to 1 may round to 1.
    const rateAt = (share: number): number => (share > 0 && share < 1 ? betaQuantile(share, a, b) : share);
    // Over the shares of its own distribution: no density, which may be infinite at 0 and at 1.
    const shares = [0, 1, ...bends.map((rate) => betaCdf(rate, a, b))].sort((x, y) => x - y);
    return {
      a,
      b,
      mean: a / (a + b),
      low: betaQuantile((1 - level) / 2, a, b),
      high: betaQuantile((1 + level) / 2, a, b),
      probabilityBest: integrate((share) => allBelow(rateAt(share)), shares),
      expectedLoss: integrate((rate) => betaCdf(rate, a, b) * (1 - allBelow(rate)), rates),
    };
  });
}
