import type { Rng } from '../../base/random';
import type { ItemInfo } from '../event';
import { chineseAdjectives, chineseWords } from './chinese-words';
import { shopCategories } from './groups';
import { priceSpread } from './prices';

/** Language of titles and queries: English, or Chinese without blanks. */
export type ShopLanguage = 'en' | 'zh';

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
 * (log-normal, standard deviation .5 in the logarithm). Both languages give the same goods at the same prices.
 */
export function makeShopItems(numItems: number, rng: Rng, language: ShopLanguage = 'en'): ShopItems {
  const names = Object.keys(shopCategories);
  const items = new Map<string, ItemInfo>();
  const keywordOf = new Map<string, string>();
  const byCategory = new Map<string, string[]>(names.map((name) => [name, []]));
  const digits = String(numItems).length;
  for (let number = 1; number <= numItems; number++) {
    const itemId = `i${String(number).padStart(digits, '0')}`;
    const category = names[(number - 1) % names.length]!;
    const { words, price } = shopCategories[category]!;
    const word = rng.integer(words.length);
    const adjective = rng.integer(adjectives.length);
    const keyword = language === 'en' ? words[word]! : chineseWords[category]![word]!;
    const title =
      language === 'en'
        ? `${adjectives[adjective]!} ${keyword}`
        : `${chineseAdjectives[adjective]!}${keyword}`;
    const cents = Math.max(1, Math.round(100 * price * Math.exp(priceSpread * rng.normal())));
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
