import type { Rng } from '../../base/random';

/** How values of a numeric column come to be missing. */
export interface ValueGaps {
  /** Probability that a middling value is missing, from 0 to 1. */
  readonly share: number;
  /** 0: completely at random. Above 0: the higher the value, the more often it is missing; below 0 the other way. */
  readonly slope: number;
}

/** Which numeric columns have gaps. */
export interface ShopMissing {
  readonly dwell: ValueGaps;
  readonly price: ValueGaps;
}

/**
 * Probability that a value is missing: 1 / (1 + exp(-(logit(share) + slope x level))).
 *
 * The level is the value itself, standardised (`dwellLevel`, `priceLevel`). With slope 0 values are missing completely
 * at random, with another slope not at random: what is there tells too little of what is not, and a mean or median
 * put in its place is biased.
 *
 * @source Rubin, "Inference and Missing Data", Biometrika 63(3), 1976.
 */
export function missingProbability({ share, slope }: ValueGaps, level: number): number {
  return slope === 0 ? share : share / (share + (1 - share) * Math.exp(-slope * level));
}

/** Draw whether a value is missing. */
export function isMissing(gaps: ValueGaps, level: number, rng: Rng): boolean {
  return rng.next() < missingProbability(gaps, level);
}

/**
 * Refuse gaps that give no probabilities.
 *
 * @throws RangeError naming the share or slope that is out of range
 */
export function checkMissing(missing: ShopMissing): void {
  for (const [name, { share, slope }] of Object.entries(missing) as [string, ValueGaps][]) {
    if (!(share >= 0 && share <= 1)) {
      throw new RangeError(`missing: the share of ${name} must be from 0 to 1, got ${share}`);
    }
    if (!Number.isFinite(slope)) {
      throw new RangeError(`missing: the slope of ${name} must be a number, got ${slope}`);
    }
  }
}
