import { byCodeUnit, expectBaskets, type FrequentItemset } from './itemset';

/** A candidate or frequent set: item numbers ascending, and the baskets that hold them as bits. */
interface Found {
  readonly items: readonly number[];
  readonly baskets: Uint32Array;
  readonly count: number;
}

/**
 * Find every set of items that at least `minSupport` of the baskets hold.
 *
 * Level by level: a set can only be frequent when all its parts are. An item that is listed twice in a basket
 * counts once; an empty basket counts as a basket.
 *
 * @returns smaller sets first, then in the order of their items
 * @throws RangeError when there are no baskets, or `minSupport` is not above 0 and at most 1
 * @source Agrawal & Srikant, "Fast Algorithms for Mining Association Rules", VLDB 1994, §2.1
 * @differs Baskets are counted as bits of a set and not by a pass over the data (Zaki, "Scalable Algorithms for
 *   Association Mining", IEEE TKDE 12(3), 2000); the sets found are the same.
 */
export function apriori(baskets: readonly (readonly string[])[], minSupport: number): FrequentItemset[] {
  expectBaskets('apriori', baskets, minSupport);
  const names = [...new Set(baskets.flat())].sort(byCodeUnit);
  const isFrequent = ({ count }: Found) => count / baskets.length >= minSupport;
  const found: Found[] = [];
  let level = singleItems(baskets, names).filter(isFrequent);
  while (level.length > 0) {
    found.push(...level);
    level = nextLevel(level, isFrequent);
  }
  return found.map(({ items, count }) => ({
    items: items.map((item) => names[item]!),
    count,
    support: count / baskets.length,
  }));
}

function singleItems(baskets: readonly (readonly string[])[], names: readonly string[]): Found[] {
  const numberOf = new Map(names.map((name, item) => [name, item]));
  const held = names.map(() => new Uint32Array(Math.ceil(baskets.length / 32)));
  for (const [basket, items] of baskets.entries()) {
    for (const name of items) held[numberOf.get(name)!]![basket >>> 5]! |= 1 << (basket & 31);
  }
  return held.map((bits, item) => ({ items: [item], baskets: bits, count: countBits(bits) }));
}

/** Join sets that share all but their last item, drop those with an infrequent part, count the rest. */
function nextLevel(level: readonly Found[], isFrequent: (set: Found) => boolean): Found[] {
  const known = new Set(level.map(({ items }) => items.join()));
  const next: Found[] = [];
  for (const [place, left] of level.entries()) {
    const prefix = left.items.slice(0, -1);
    for (let other = place + 1; other < level.length; other++) {
      const right = level[other]!;
      if (prefix.some((item, depth) => right.items[depth] !== item)) break; // the level is in order
      const items = [...left.items, right.items.at(-1)!];
      if (prefix.some((_, gone) => !known.has(items.filter((_item, depth) => depth !== gone).join())))
        continue;
      const baskets = left.baskets.map((bits, word) => bits & right.baskets[word]!);
      const set = { items, baskets, count: countBits(baskets) };
      if (isFrequent(set)) next.push(set);
    }
  }
  return next;
}

/** Number of set bits, 32 at a time (Warren, "Hacker's Delight", 2nd ed., 2012, fig. 5-2). */
function countBits(words: Uint32Array): number {
  let count = 0;
  for (let word of words) {
    word -= (word >>> 1) & 0x55555555;
    word = (word & 0x33333333) + ((word >>> 2) & 0x33333333);
    count += Math.imul((word + (word >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
  }
  return count;
}
