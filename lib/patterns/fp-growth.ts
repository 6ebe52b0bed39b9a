import { byCodeUnit, expectBaskets, type FrequentItemset } from './itemset';

/** A prefix tree of baskets. Node 0 is the root; a node stands for its item below the items of its ancestors. */
interface Tree {
  readonly item: Int32Array;
  readonly parent: Int32Array;
  readonly count: Int32Array;
  /** The next node of the same item, -1 at the end. */
  readonly next: Int32Array;
  /** By item: its first node, -1 where it has none. */
  readonly first: Int32Array;
  /** By item: in how many baskets. */
  readonly total: Int32Array;
}

/**
 * Find every set of items that at least `minSupport` of the baskets hold, without making candidates: the same as `apriori`.
 *
 * Baskets go into a prefix tree, frequent items first, so that what they share is stored once. The sets with an item are then found in
 * the tree of what stands above its nodes, and so on, deeper and deeper. An item that is listed twice in a basket counts once; an empty
 * basket counts as a basket.
 *
 * @returns smaller sets first, then in the order of their items
 * @throws RangeError when there are no baskets, or `minSupport` is not above 0 and at most 1
 * @source Han, Pei & Yin, "Mining Frequent Patterns without Candidate Generation", SIGMOD 2000, sections 2 and 3 (FP-tree, FP-growth).
 * @differs No shortcut for trees of a single path.
 */
export function fpGrowth(baskets: readonly (readonly string[])[], minSupport: number): FrequentItemset[] {
  expectBaskets('fpGrowth', baskets, minSupport);
  const isFrequent = (count: number): boolean => count / baskets.length >= minSupport;
  const counts = new Map<string, number>();
  const sets = baskets.map((basket) => [...new Set(basket)]);
  for (const set of sets) for (const name of set) counts.set(name, (counts.get(name) ?? 0) + 1);
  // Numbered by frequency, so that paths begin with what most baskets share.
  const names = [...counts]
    .filter(([, count]) => isFrequent(count))
    .sort(([a, m], [b, n]) => n - m || byCodeUnit(a, b))
    .map(([name]) => name);
  const numberOf = new Map(names.map((name, item) => [name, item]));
  const paths = sets.map((set) => Int32Array.from(set.flatMap((name) => numberOf.get(name) ?? [])).sort());
  const found: { items: string[]; count: number }[] = [];
  grow(buildTree(paths, new Int32Array(paths.length).fill(1), names.length), []);

  /** All frequent sets of a tree, each with the items that it stands for. */
  function grow({ item, parent, count, next, first, total }: Tree, suffix: readonly number[]): void {
    for (let own = total.length - 1; own >= 0; own--) {
      if (total[own] === 0 || !isFrequent(total[own]!)) continue;
      const items = [own, ...suffix];
      found.push({ items: items.map((one) => names[one]!).sort(byCodeUnit), count: total[own]! });
      if (own === 0) continue;
      // What stands above the nodes of this item, as often as they do; then only what is frequent there.
      const above = new Int32Array(own);
      for (let node = first[own]!; node >= 0; node = next[node]!)
        for (let up = parent[node]!; up > 0; up = parent[up]!) above[item[up]!]! += count[node]!;
      if (!above.some(isFrequent)) continue;
      const paths: Int32Array[] = [];
      const times: number[] = [];
      for (let node = first[own]!; node >= 0; node = next[node]!) {
        const path: number[] = [];
        for (let up = parent[node]!; up > 0; up = parent[up]!)
          if (isFrequent(above[item[up]!]!)) path.push(item[up]!);
        if (path.length === 0) continue;
        paths.push(Int32Array.from(path.reverse()));
        times.push(count[node]!);
      }
      grow(buildTree(paths, Int32Array.from(times), own), items);
    }
  }

  return found
    .sort((a, b) => a.items.length - b.items.length || byNames(a.items, b.items))
    .map(({ items, count }) => ({ items, count, support: count / baskets.length }));
}

function byNames(a: readonly string[], b: readonly string[]): number {
  for (const [place, name] of a.entries()) {
    const order = byCodeUnit(name, b[place]!);
    if (order !== 0) return order;
  }
  return 0;
}

/** @param paths items ascending, each path `times` over */
function buildTree(paths: readonly Int32Array[], times: Int32Array, numItems: number): Tree {
  const most = paths.reduce((sum, { length }) => sum + length, 1);
  const item = new Int32Array(most);
  const parent = new Int32Array(most);
  const count = new Int32Array(most);
  const next = new Int32Array(most).fill(-1);
  const first = new Int32Array(numItems).fill(-1);
  const total = new Int32Array(numItems);
  const children = new Map<number, number>();
  let size = 1;
  for (const [at, path] of paths.entries()) {
    let node = 0;
    for (const own of path) {
      const key = node * numItems + own;
      let child = children.get(key);
      if (child === undefined) {
        child = size++;
        item[child] = own;
        parent[child] = node;
        next[child] = first[own]!;
        first[own] = child;
        children.set(key, child);
      }
      count[child]! += times[at]!;
      total[own]! += times[at]!;
      node = child;
    }
  }
  return { item, parent, count, next, first, total };
}
