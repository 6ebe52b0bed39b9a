/** Items that occur together in enough baskets. */
export interface FrequentItemset {
  /** In order of code unit. */
  readonly items: readonly string[];
  /** Baskets that hold all of them. */
  readonly count: number;
  /** The same as a share of all baskets. */
  readonly support: number;
}

/** "Who has the antecedent, also has the consequent." */
export interface AssociationRule {
  readonly antecedent: readonly string[];
  readonly consequent: readonly string[];
  /** Share of baskets that hold both sides. */
  readonly support: number;
  /** Share of the antecedent's baskets that hold the consequent. */
  readonly confidence: number;
  /** Confidence divided by the consequent's own support: 1 means no relation. */
  readonly lift: number;
  /** Support minus what independence would give. */
  readonly leverage: number;
  /** How much more often the rule would fail if the sides were independent; Infinity for a rule that never fails. */
  readonly conviction: number;
}

export interface RuleOptions {
  /** Share of baskets, above 0 to 1. */
  readonly minSupport: number;
  /** 0 to 1. */
  readonly minConfidence: number;
  /** 'one' item on the right side, or 'any' number. Default 'one'. */
  readonly consequents?: 'one' | 'any';
}

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
export function frequentItemsets(
  baskets: readonly (readonly string[])[],
  minSupport: number,
): FrequentItemset[] {
  if (baskets.length === 0) throw new RangeError('frequentItemsets: there are no baskets');
  if (!(minSupport > 0 && minSupport <= 1)) {
    throw new RangeError(`frequentItemsets: minSupport must be above 0 and at most 1, got ${minSupport}`);
  }
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

/**
 * Find the rules that are frequent and reliable enough.
 *
 * @returns highest lift first; equal lift by confidence, then by the sides' names
 * @throws RangeError when there are no baskets or a threshold is out of range
 * @source Agrawal & Srikant 1994 (support, confidence); Brin, Motwani, Ullman & Tsur, "Dynamic Itemset Counting
 *   and Implication Rules for Market Basket Data", SIGMOD 1997 (lift, there "interest", and conviction);
 *   Piatetsky-Shapiro, "Discovery, Analysis, and Presentation of Strong Rules", 1991 (leverage)
 */
export function associationRules(
  baskets: readonly (readonly string[])[],
  { minSupport, minConfidence, consequents = 'one' }: RuleOptions,
): AssociationRule[] {
  if (!(minConfidence >= 0 && minConfidence <= 1)) {
    throw new RangeError(`associationRules: minConfidence must be 0 to 1, got ${minConfidence}`);
  }
  const sets = frequentItemsets(baskets, minSupport);
  const countOf = new Map(sets.map(({ items, count }) => [keyOf(items), count]));
  const rules: AssociationRule[] = [];
  for (const { items, count } of sets) {
    for (const consequent of sidesOf(items, consequents)) {
      const antecedent = items.filter((item) => !consequent.includes(item));
      const confidence = count / countOf.get(keyOf(antecedent))!;
      if (confidence < minConfidence) continue;
      const antecedentSupport = countOf.get(keyOf(antecedent))! / baskets.length;
      const consequentSupport = countOf.get(keyOf(consequent))! / baskets.length;
      const support = count / baskets.length;
      rules.push({
        antecedent,
        consequent,
        support,
        confidence,
        lift: confidence / consequentSupport,
        leverage: support - antecedentSupport * consequentSupport,
        conviction: confidence === 1 ? Infinity : (1 - consequentSupport) / (1 - confidence),
      });
    }
  }
  return rules.sort(
    (a, b) =>
      b.lift - a.lift ||
      b.confidence - a.confidence ||
      byCodeUnit(keyOf(a.antecedent), keyOf(b.antecedent)) ||
      byCodeUnit(keyOf(a.consequent), keyOf(b.consequent)),
  );
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

/** The right sides to try: each item alone, or every part that leaves something on the left. */
function sidesOf(items: readonly string[], consequents: 'one' | 'any'): string[][] {
  if (items.length < 2) return [];
  if (consequents === 'one') return items.map((item) => [item]);
  const sides: string[][] = [];
  for (let mask = 1; mask < 2 ** items.length - 1; mask++) {
    sides.push(items.filter((_, place) => (mask >>> place) & 1));
  }
  return sides;
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

const keyOf = (items: readonly string[]): string => items.join('\u0000');

function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
