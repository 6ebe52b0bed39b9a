import type { Rng } from '../base/random';
import type { ItemInfo } from './event';
import { shopCategories } from './shop-groups';

/** The goods of the made-up shop. */
export interface ShopItems {
  readonly items: ReadonlyMap<string, ItemInfo>;
  /** Item ids of each category, the best-selling first. */
  readonly byCategory: ReadonlyMap<string, readonly string[]>;
  /** Planted order: which item tends to be looked at next. A ring through all items of a category. */
  readonly followerOf: ReadonlyMap<string, string>;
  /** The search keyword that leads to each item. */
  readonly keywordOf: ReadonlyMap<string, string>;
}

const adjectives = ['small', 'large', 'light', 'classic', 'modern', 'soft', 'sturdy', 'bright'];

/**
 * Stock the shop: categories in turn, a title of adjective and keyword, a price spread around the category's
 * (log-normal, standard deviation .5 in the logarithm).
 */
export function makeShopItems(numItems: number, rng: Rng): ShopItems {
  const names = Object.keys(shopCategories);
  const items = new Map<string, ItemInfo>();
  const keywordOf = new Map<string, string>();
  const byCategory = new Map<string, string[]>(names.map((name) => [name, []]));
  const digits = String(numItems).length;
  for (let number = 1; number <= numItems; number++) {
    const itemId = `i${String(number).padStart(digits, '0')}`;
    const category = names[(number - 1) % names.length]!;
    const { words, price } = shopCategories[category]!;
    const keyword = words[rng.integer(words.length)]!;
    const title = `${adjectives[rng.integer(adjectives.length)]!} ${keyword}`;
    const cents = Math.max(1, Math.round(100 * price * Math.exp(0.5 * rng.normal())));
    items.set(itemId, { title, categories: [category], year: null, price: cents / 100 });
    keywordOf.set(itemId, keyword);
    byCategory.get(category)!.push(itemId);
  }
  const followerOf = new Map<string, string>();
  for (const own of byCategory.values()) {
    rng.shuffle(own);
    const ring = rng.shuffle([...own]);
    ring.forEach((itemId, at) => followerOf.set(itemId, ring[(at + 1) % ring.length]!));
  }
  return { items, byCategory, followerOf, keywordOf };
}
