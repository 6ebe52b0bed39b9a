import { logGamma } from '../../evaluation/distributions';
import { lbfgs } from '../../evaluation/lbfgs';
import type { PurchaseSummaries } from './purchase-summaries';

/** The four numbers of the model. */
export interface BgNbd {
  /** Purchase rates of customers are gamma distributed with shape r and rate alpha (weeks): r / alpha purchases a week on average. */
  readonly r: number;
  readonly alpha: number;
  /** After each repeat purchase a customer drops out with a probability that is beta distributed: a / (a + b) on average. */
  readonly a: number;
  readonly b: number;
}

/** A fit, and how likely the data are under it. */
export interface FittedBgNbd extends BgNbd {
  /** Mean over customers, in nats. */
  readonly meanLogLikelihood: number;
  readonly hasConverged: boolean;
}

type Counts = Pick<PurchaseSummaries, 'repeats' | 'recency' | 'age'>;

/**
 * Fit the BG/NBD model of customers who buy at random and drop out unseen: the likeliest r, alpha, a and b.
 *
 * It learns from purchases until a moment alone: no answer of what came after is needed.
 *
 * @throws RangeError when there is no customer, or nobody has bought twice
 * @source Fader, Hardie & Lee, "Counting Your Customers the Easy Way: An Alternative to the Pareto/NBD Model", Marketing Science
 *   24(2), 2005, equation 6, in the form of their note "Implementing the BG/NBD Model for Customer Base Analysis in Excel", 2005.
 */
export function fitBgNbd(counts: Counts): FittedBgNbd {
  if (!counts.repeats.some((x) => x > 0)) {
    throw new RangeError(
      'fitBgNbd: nobody has bought twice, so nothing is known of rates and of dropping out',
    );
  }
  // Over logarithms, so that all four stay above 0; the slope by central differences.
  const value = (logs: Float64Array): number => -meanLogLikelihood(fromLogs(logs), counts);
  const step = 1e-5;
  const found = lbfgs(
    (logs, gradient) => {
      for (let at = 0; at < logs.length; at++) {
        const moved = logs.slice();
        moved[at] = logs[at]! + step;
        const above = value(moved);
        moved[at] = logs[at]! - step;
        gradient[at] = (above - value(moved)) / (2 * step);
      }
      return value(logs);
    },
    new Float64Array(4),
    { tolerance: 1e-8 },
  );
  return { ...fromLogs(found.x), meanLogLikelihood: -found.value, hasConverged: found.hasConverged };
}

const fromLogs = (logs: Float64Array): BgNbd => {
  const [r, alpha, a, b] = Array.from(logs, Math.exp) as [number, number, number, number];
  return { r, alpha, a, b };
};

/** The mean over customers of the logarithm of the likelihood: equation 6 of Fader, Hardie & Lee 2005. */
export function meanLogLikelihood({ r, alpha, a, b }: BgNbd, { repeats, recency, age }: Counts): number {
  const ofRepeats = new Map<number, number>(); // what depends on x alone
  let sum = 0;
  for (let user = 0; user < repeats.length; user++) {
    const x = repeats[user]!;
    let common = ofRepeats.get(x);
    if (common === undefined) {
      common =
        logGamma(r + x) -
        logGamma(r) +
        r * Math.log(alpha) +
        (logGamma(a + b) + logGamma(b + x) - logGamma(b) - logGamma(a + b + x));
      ofRepeats.set(x, common);
    }
    const staying = -(r + x) * Math.log(alpha + age[user]!);
    const odds = x === 0 ? 0 : goneOdds({ r, alpha, a, b }, x, recency[user]!, age[user]!);
    sum += common + staying + Math.log1p(odds);
  }
  return sum / repeats.length;
}

/** How much likelier it is that a customer has dropped out than that not. */
function goneOdds({ r, alpha, a, b }: BgNbd, x: number, recency: number, age: number): number {
  return (a / (b + x - 1)) * ((alpha + age) / (alpha + recency)) ** (r + x);
}

/**
 * The probability that each customer has not dropped out.
 *
 * Whoever has bought once is alive for certain: in this model nobody drops out before a repeat.
 *
 * @source Fader, Hardie & Lee, "Counting Your Customers the Easy Way: An Alternative to the Pareto/NBD Model", Marketing Science
 *   24(2), 2005; the formula in Fader & Hardie, "Computing P(alive) Using the BG/NBD Model", 2008.
 */
export function probabilityAlive(model: BgNbd, { repeats, recency, age }: Counts): Float64Array {
  return repeats.map((x, user) => (x === 0 ? 1 : 1 / (1 + goneOdds(model, x, recency[user]!, age[user]!))));
}

/**
 * The probability that each customer buys within so many weeks.
 *
 * P(alive) (1 - ((alpha + T) / (alpha + T + t))^(r + x)): whoever is alive drops out after a purchase only, so that the first one of the
 * period depends on the rate alone, whose distribution after x purchases in T weeks is gamma(r + x, alpha + T).
 *
 * @throws RangeError when `weeks` is below 0
 * @source Fader, Hardie & Lee, "Counting Your Customers the Easy Way: An Alternative to the Pareto/NBD Model", Marketing Science
 *   24(2), 2005, assumptions i to v, from which it follows.
 */
export function probabilityOfPurchase(model: BgNbd, counts: Counts, weeks: number): Float64Array {
  if (!(weeks >= 0)) throw new RangeError(`probabilityOfPurchase: weeks must be 0 or more, got ${weeks}`);
  const alive = probabilityAlive(model, counts);
  const { r, alpha } = model;
  return alive.map((own, user) => {
    const [from, power] = [alpha + counts.age[user]!, r + counts.repeats[user]!];
    return own * (1 - (from / (from + weeks)) ** power);
  });
}
