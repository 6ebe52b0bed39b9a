/** The steps of the funnel that have a probability. Each starts from the one before, `favorite` and `cart` from a click. */
export const conversionSteps = ['click', 'favorite', 'cart', 'purchase'] as const;
export type ConversionStep = (typeof conversionSteps)[number];

/** What moves the probability of a step. All can be worked out from a log but `disinterest`, which hangs on the group. */
export interface ConversionFeatures {
  /** Logarithm of the list price by the category's typical price, in standard deviations (of .5). */
  readonly priceLevel: number;
  /** How often the customer has seen this item before, at most 3. */
  readonly earlierViews: number;
  /** 1 on Saturday and Sunday (UTC), else 0. */
  readonly weekend: number;
  /** 1 where the item is on offer this week, else 0. */
  readonly discount: number;
  /** 0 for an item of the category dearest to the customer, 1 for one never looked for; 1 - weight / largest weight. */
  readonly disinterest: number;
}

/** Names of the features, in the order in which tables have them. */
export const conversionFeatures = [
  'priceLevel',
  'earlierViews',
  'weekend',
  'discount',
  'disinterest',
] as const satisfies readonly (keyof ConversionFeatures)[];

/** Coefficients of the features, in the logarithm of the odds. */
export type ConversionEffects = ConversionFeatures;

/** How an item seen becomes a click, a favourite, a cart and a purchase. */
export interface ShopConversions {
  readonly effects: Readonly<Record<ConversionStep, ConversionEffects>>;
  /** Probability that the first, second, ... item of a session is looked at; the last one holds for all that follow. */
  readonly examination: readonly number[];
  /** Probability that an item is on offer in a week. */
  readonly discountShare: number;
  /** How much is taken off the price then, from 0 to below 1. */
  readonly discountRate: number;
}

/**
 * Probability of a step that has come up: the group's rate, its odds multiplied by exp(effects . features).
 *
 * P = 1 / (1 + exp(-(logit(rate) + sum of effect x feature))). Without effects it is the rate. For a click this is the
 * attraction; the probability of the click is `examination` x attraction.
 *
 * @source Cox, "The Regression Analysis of Binary Sequences", 1958 (the logistic model).
 */
export function conversionProbability(
  rate: number,
  features: ConversionFeatures,
  effects: ConversionEffects | null,
): number {
  if (effects === null) return rate;
  const score = conversionFeatures.reduce((sum, name) => sum + effects[name] * features[name], 0);
  return rate / (rate + (1 - rate) * Math.exp(-score));
}

/**
 * Probability that the item at a place of the session (1, 2, ...) is looked at at all; 1 without conversions.
 *
 * @source Craswell, Zoeter, Taylor & Ramsey, "An Experimental Comparison of Click Position-Bias Models", 2008, and
 *   Richardson, Dominowska & Ragno, "Predicting Clicks: Estimating the Click-Through Rate for New Ads", 2007 (the
 *   examination model: a click is looking at the place times liking the item, independent of each other).
 */
export function examinationProbability(conversions: ShopConversions | null, place: number): number {
  if (conversions === null) return 1;
  return conversions.examination[Math.min(place, conversions.examination.length) - 1]!;
}

/**
 * Refuse conversions that give no probabilities.
 *
 * @throws RangeError naming what cannot be a conversion
 */
export function checkConversions(conversions: ShopConversions): void {
  const refuse = (problem: string): never => {
    throw new RangeError(`conversions: ${problem}`);
  };
  const { effects, examination, discountShare, discountRate } = conversions;
  for (const step of conversionSteps) {
    for (const name of conversionFeatures) {
      const effect = effects[step][name];
      if (!Number.isFinite(effect))
        refuse(`the effect of ${name} on ${step} must be a number, got ${effect}`);
    }
  }
  if (examination.length === 0 || !examination.every((rate) => rate >= 0 && rate <= 1)) {
    refuse(`examination must be one or more numbers from 0 to 1, got ${examination.join(', ') || 'none'}`);
  }
  if (!(discountShare >= 0 && discountShare <= 1)) {
    refuse(`discountShare must be from 0 to 1, got ${discountShare}`);
  }
  if (!(discountRate >= 0 && discountRate < 1)) {
    refuse(`discountRate must be from 0 to below 1, got ${discountRate}`);
  }
}
