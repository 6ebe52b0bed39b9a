/** "After this item, those": of each item what it speaks for, and how much. */
export interface ItemRules {
  /** V: item indices are below it. */
  readonly numItems: number;
  /** By item: the items that it speaks for, heaviest first; equal ones in the order in which they were first met. */
  readonly consequents: readonly Int32Array[];
  /** The weights of these, above 0. */
  readonly weights: readonly Float64Array[];
}

/** Which rules are kept. */
export interface PairRuleOptions {
  readonly numItems: number;
  /** Of each item so many at most, the heaviest; 0: all. Default 20. */
  readonly prune?: number;
}

/** How far rules in order look. */
export interface SequentialRuleOptions extends PairRuleOptions {
  /** An item speaks for the one so many places behind it at most. Default 10. */
  readonly steps?: number;
  /** What a pair counts at a distance of 1 and more. Default: one over the distance. */
  readonly weightAt?: (distance: number) => number;
}

const defaultPrune = 20;

/**
 * Count which items occur in the same sequence, whatever their order: association rules of two items.
 *
 * Every event is paired with each event before it, both ways; an item that comes again is paired with itself.
 *
 * @param sequences item indices, oldest first
 * @throws RangeError when an item index or a number is out of range
 * @source Ludewig & Jannach, "Evaluation of Session-based Recommendation Algorithms", User Modeling and User-Adapted Interaction 28,
 *   2018, section 3.1 (AR).
 */
export function pairRules(
  sequences: readonly ArrayLike<number>[],
  { numItems, prune = defaultPrune }: PairRuleOptions,
): ItemRules {
  const counts = emptyCounts('pairRules', numItems, prune);
  for (const sequence of sequences) {
    for (let place = 0; place < sequence.length; place++) {
      const item = checked('pairRules', sequence[place]!, numItems);
      for (let before = 0; before < place; before++) {
        add(counts, item, sequence[before]!, 1);
        add(counts, sequence[before]!, item, 1);
      }
    }
  }
  return pruned(counts, numItems, prune);
}

/**
 * Count which items come after which, near ones for more: sequential rules.
 *
 * @param sequences item indices, oldest first
 * @throws RangeError when an item index or a number is out of range
 * @source Kamehkhosh, Jannach & Ludewig, "A Comparison of Frequent Pattern Techniques and a Deep Learning Method for Session-Based
 *   Recommendation", RecTemp workshop at RecSys 2017, section 3.3 (SR); Ludewig & Jannach 2018, section 3.1, eq. 4 (one over the distance).
 */
export function sequentialRules(
  sequences: readonly ArrayLike<number>[],
  {
    numItems,
    prune = defaultPrune,
    steps = 10,
    weightAt = (distance) => 1 / distance,
  }: SequentialRuleOptions,
): ItemRules {
  if (!Number.isInteger(steps) || steps < 1)
    throw new RangeError(`sequentialRules: steps must be a whole number from 1, got ${steps}`);
  const counts = emptyCounts('sequentialRules', numItems, prune);
  for (const sequence of sequences) {
    for (let place = 0; place < sequence.length; place++) {
      const item = checked('sequentialRules', sequence[place]!, numItems);
      for (let distance = 1; distance <= Math.min(steps, place); distance++)
        add(counts, sequence[place - distance]!, item, weightAt(distance));
    }
  }
  return pruned(counts, numItems, prune);
}

type Counts = Map<number, number>[];

function emptyCounts(name: string, numItems: number, prune: number): Counts {
  for (const [what, value] of Object.entries({ numItems, prune })) {
    if (Number.isInteger(value) && value >= 0) continue;
    throw new RangeError(`${name}: ${what} must be a whole number from 0, got ${value}`);
  }
  return Array.from({ length: numItems }, () => new Map<number, number>());
}

function checked(name: string, item: number, numItems: number): number {
  if (Number.isInteger(item) && item >= 0 && item < numItems) return item;
  throw new RangeError(`${name}: the item ${item} is not from 0 to ${numItems - 1}`);
}

function add(counts: Counts, from: number, to: number, weight: number): void {
  const own = counts[from]!;
  own.set(to, (own.get(to) ?? 0) + weight);
}

function pruned(counts: Counts, numItems: number, prune: number): ItemRules {
  const kept = counts.map((own) => {
    const all = [...own].sort(([, a], [, b]) => b - a);
    return prune > 0 ? all.slice(0, prune) : all;
  });
  return {
    numItems,
    consequents: kept.map((own) => Int32Array.from(own, ([item]) => item)),
    weights: kept.map((own) => Float64Array.from(own, ([, weight]) => weight)),
  };
}
