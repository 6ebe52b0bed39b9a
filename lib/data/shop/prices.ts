import type { Rng } from '../../base/random';
import type { ItemInfo } from '../event';
import type { ShopConversions } from './conversions';
import { shopCategories } from './groups';

/** Standard deviation of the logarithm of prices within a category. */
export const priceSpread = 0.5;

/** What an item costs at a time. */
export interface Offer {
  /** What is paid, with two decimals. */
  readonly price: number;
  readonly isDiscounted: boolean;
}

const weekMs = 7 * 86_400_000;
/** 1970-01-05 was a Monday. */
const firstMondayMs = 4 * 86_400_000;

/** How dear an item is for its category: ln(list price / typical price) / .5, so mostly from -2 to 2. */
export function priceLevel({ price, categories }: ItemInfo): number {
  return Math.log(price! / shopCategories[categories[0]!]!.price) / priceSpread;
}

/** What items cost: each is on offer in each week (Monday to Sunday, UTC) with the same probability, independently. */
export function createPrices(
  items: ReadonlyMap<string, ItemInfo>,
  conversions: ShopConversions | null,
  rng: Rng,
): (itemId: string, timeMs: number) => Offer {
  const known = new Map<string, Offer>();
  return (itemId, timeMs) => {
    const week = Math.floor((timeMs - firstMondayMs) / weekMs);
    const key = conversions === null ? itemId : `${week} ${itemId}`;
    let offer = known.get(key);
    if (!offer) {
      const price = items.get(itemId)!.price!;
      const isDiscounted = conversions !== null && rng.child(itemId, week).next() < conversions.discountShare;
      const cents = Math.max(1, Math.round(100 * price * (1 - (conversions?.discountRate ?? 0))));
      offer = isDiscounted ? { price: cents / 100, isDiscounted } : { price, isDiscounted };
      known.set(key, offer);
    }
    return offer;
  };
}
