import { shopLogDefaults } from '../../../lib/data/shop/options';

/** No row is spoilt, nobody is a machine, all profiles are known. */
export const noAnomalies = {
  botShare: 0,
  duplicateShare: 0,
  impossibleTimeShare: 0,
  missingTimeShare: 0,
  missingItemShare: 0,
  missingProfileShare: 0,
};

/** A shop where nothing but what a test switches on happens. */
export const plainShop = { ...shopLogDefaults, driftShare: 0, anomalies: noAnomalies };

export const dayMs = 86_400_000;

/** Whether a count is what `n` draws of probability `p` give, within four standard errors (one in 16,000 is not). */
export function isBinomial(count: number, n: number, p: number): boolean {
  return Math.abs(count - n * p) <= 4 * Math.sqrt(n * p * (1 - p));
}
