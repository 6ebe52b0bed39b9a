import type { Rng } from '../../base/random';

/** How long an opened item is looked at. */
export interface DwellTime {
  /** Half of the looks are shorter, ms. */
  readonly medianMs: number;
  /** Standard deviation of the logarithm, from 0. */
  readonly sigma: number;
}

/** Dwell times by category of the item. */
export type ShopDwell = Readonly<Record<string, DwellTime>>;

/**
 * Draw the time between opening an item and the next thing done: log-normal, at least 1 ms, whole ms.
 *
 * @source Yin, Luo, Lee & Wang, "Silence is also Evidence: Interpreting Dwell Time for Recommendation from
 *   Psychological Perspective", 2013 (dwell times are close to log-normal).
 */
export function drawDwellMs({ medianMs, sigma }: DwellTime, rng: Rng): number {
  return Math.max(1, Math.round(medianMs * Math.exp(sigma * rng.normal())));
}

/** How long a dwell time is for its category: ln(dwell / median) / sigma, a standard normal number. */
export function dwellLevel(dwellMs: number, { medianMs, sigma }: DwellTime): number {
  return sigma === 0 ? 0 : Math.log(dwellMs / medianMs) / sigma;
}

/**
 * Refuse dwell times that no category could have.
 *
 * @throws RangeError naming the category whose dwell times are missing or out of range
 */
export function checkDwell(dwell: ShopDwell, sold: readonly string[]): void {
  const unknown = Object.keys(dwell).find((category) => !sold.includes(category));
  if (unknown !== undefined) throw new RangeError(`dwell: the shop does not sell '${unknown}'`);
  for (const category of sold) {
    const time = dwell[category];
    if (!time) throw new RangeError(`dwell: there is no dwell time for '${category}'`);
    if (!(time.medianMs > 0 && time.medianMs < Infinity && time.sigma >= 0 && time.sigma < Infinity)) {
      throw new RangeError(
        `dwell: '${category}' needs a median above 0 and a sigma from 0, got ${time.medianMs} and ${time.sigma}`,
      );
    }
  }
}
