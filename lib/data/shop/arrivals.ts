import type { Rng } from '../../base/random';

/** Who and what comes to the made-up shop only later: cold starts with a known date. */
export interface ShopArrivals {
  /** Share of the customers who join on a day after the first, each day alike. */
  readonly lateUserShare: number;
  /** Share of the items that are put on sale on a day after the first; never a category's best seller. */
  readonly lateItemShare: number;
}

/** Draw the day of arrival of a share of `ids`, 1 to `days` - 1; whoever is there from day 0 is not in the map. */
export function drawArrivals(
  ids: readonly string[],
  share: number,
  days: number,
  rng: Rng,
): Map<string, number> {
  const late = rng.shuffle([...ids]).slice(0, Math.round(share * ids.length));
  return new Map(late.sort().map((id) => [id, 1 + rng.integer(days - 1)]));
}

/** The items of a category that are on sale on a day, best-selling first. Remembers the last day of each category. */
export function shelves(
  byCategory: ReadonlyMap<string, readonly string[]>,
  launchDayOf: ReadonlyMap<string, number>,
): (category: string, day: number) => readonly string[] {
  if (launchDayOf.size === 0) return (category) => byCategory.get(category) ?? [];
  const last = new Map<string, { day: number; items: readonly string[] }>();
  return (category, day) => {
    const known = last.get(category);
    if (known?.day === day) return known.items;
    const items = (byCategory.get(category) ?? []).filter((id) => (launchDayOf.get(id) ?? 0) <= day);
    last.set(category, { day, items });
    return items;
  };
}

/**
 * Refuse arrivals that no period could have.
 *
 * @throws RangeError naming what cannot be an arrival
 */
export function checkArrivals(arrivals: ShopArrivals, days: number): void {
  for (const [name, share] of Object.entries(arrivals) as [string, number][]) {
    if (!(share >= 0 && share <= 1)) {
      throw new RangeError(`arrivals: ${name} must be from 0 to 1, got ${share}`);
    }
    if (share > 0 && days < 2) throw new RangeError('arrivals: nobody can come later within one day');
  }
}
