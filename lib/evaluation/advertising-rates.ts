import { wilsonInterval, z95, type Interval } from './proportion-interval';

/** What a campaign, or a place on a page, counted. */
export interface AdvertisingCounts {
  /** Times it was shown. */
  readonly impressions: number;
  /** Impressions that were clicked: at most `impressions`. */
  readonly clicks: number;
  /** Clicks that at least one conversion is put down to: at most `clicks`. */
  readonly convertedClicks: number;
  /** All conversions put down to clicks: at least `convertedClicks`. */
  readonly conversions: number;
  /** Money spent, from 0, in any currency. */
  readonly cost: number;
}

/** A rate with its 95 % interval, or as asked. */
export interface RateWithInterval extends Interval {
  readonly value: number;
}

/** The three rates of advertising, and the rule under which conversions were counted. */
export interface AdvertisingRates {
  /** Click-through rate: clicks of impressions. */
  readonly ctr: RateWithInterval;
  /** Conversion rate: converted clicks of clicks; null without a click. */
  readonly cvr: RateWithInterval | null;
  /** Cost per action: money for each conversion. Infinity without one. */
  readonly cpa: RateWithInterval;
  /** From `attributionName`. */
  readonly attribution: string;
}

/**
 * CTR, CVR and CPA with intervals.
 *
 * The shares have Wilson's intervals. What was spent is known, how many conversions it brought is chance: the interval of CPA is the cost
 * divided by the score interval of a Poisson count, open above where there is no conversion. All three take cases for independent.
 * Clicks of one user are not: where there are several, `clusteredProportion` gives the honest, wider interval.
 *
 * @param counts      whole numbers but for the cost
 * @param attribution under which rule conversions were counted (`attributionName`): without it CVR and CPA mean nothing
 * @param z           1.96 for 95 %
 * @throws RangeError when counts contradict one another, there is no impression, or the rule is not said
 * @source Richardson, Dominowska & Ragno, "Predicting Clicks: Estimating the Click-Through Rate for New Ads", WWW 2007 (CTR); intervals:
 *   Wilson 1927; Barker, "A Comparison of Nine Confidence Intervals for a Poisson Parameter When the Expected Number of Events Is <= 5",
 *   The American Statistician 56(2), 2002 (scores).
 */
export function advertisingRates(
  { impressions, clicks, convertedClicks, conversions, cost }: AdvertisingCounts,
  attribution: string,
  z = z95,
): AdvertisingRates {
  const isChain =
    impressions > 0 && clicks <= impressions && convertedClicks <= clicks && convertedClicks <= conversions;
  const isPossible = [impressions, clicks, convertedClicks, conversions].every(
    (count) => Number.isInteger(count) && count >= 0,
  );
  if (
    !isChain ||
    !isPossible ||
    (convertedClicks === 0 && conversions > 0) ||
    !(cost >= 0 && cost < Infinity)
  ) {
    throw new RangeError(
      `advertisingRates: ${impressions} impressions, ${clicks} clicks, ${convertedClicks} of them converted, ` +
        `${conversions} conversions, cost ${cost}: this cannot be`,
    );
  }
  if (attribution.trim() === '') {
    throw new RangeError('advertisingRates: say by which rule conversions are put down to clicks');
  }
  const share = (successes: number, cases: number): RateWithInterval => ({
    value: successes / cases,
    ...wilsonInterval({ successes, cases }, z),
  });
  const { low, high } = poissonInterval(conversions, z);
  return {
    ctr: share(clicks, impressions),
    cvr: clicks === 0 ? null : share(convertedClicks, clicks),
    cpa: {
      value: conversions === 0 ? Infinity : cost / conversions,
      low: cost / high,
      high: low === 0 ? Infinity : cost / low,
    },
    attribution,
  };
}

/**
 * Say between which means the true one lies, given a count of rare things: the score interval of a Poisson count.
 *
 * @param z 1.96 for 95 %
 * @throws RangeError when the count is not a whole number from 0, or z is not above 0
 * @source Barker, "A Comparison of Nine Confidence Intervals for a Poisson Parameter When the Expected Number of Events Is <= 5", The
 *   American Statistician 56(2), 2002.
 */
export function poissonInterval(count: number, z = z95): Interval {
  if (!(Number.isInteger(count) && count >= 0 && z > 0)) {
    throw new RangeError(`poissonInterval: the count is ${count} and z ${z}`);
  }
  const centre = count + (z * z) / 2;
  const half = z * Math.sqrt(count + (z * z) / 4);
  return { low: count === 0 ? 0 : centre - half, high: centre + half };
}
