/** Items that occur in this order in enough sequences. */
export interface SequentialPattern {
  /** Item indices, in order; others may stand between them as far as `maxGap` lets them. */
  readonly items: readonly number[];
  /** Sequences that hold it, each counted once. */
  readonly count: number;
  /** The same as a share of all sequences. */
  readonly support: number;
}

/** Which patterns are looked for. */
export interface PrefixSpanOptions {
  /** Sequences that must hold a pattern, at least 1. */
  readonly minCount: number;
  /** Items of a pattern at most. Default: any number. */
  readonly maxLength?: number;
  /** From an item of a pattern to the next one, so many places at most; 1: right behind it. Default: any number. */
  readonly maxGap?: number;
  /** Only patterns that are not part of a longer one with the same count; goes without `maxGap` and `maxLength`. Default false. */
  readonly closed?: boolean;
}

/** Where the prefix found so far may end in a sequence. */
interface Projection {
  readonly sequence: number;
  readonly ends: readonly number[];
}

/**
 * Find every sequence of items that enough sequences hold in that order, with or without others between.
 *
 * Patterns grow at their end: only what follows a pattern, where it occurs, is looked at for the next item. With `maxGap` all places where
 * a pattern may end are kept, since the first one need not be the one that goes on.
 *
 * @param sequences item indices, oldest first; an item may occur again
 * @returns highest count first; then shorter ones, then by item indices
 * @throws RangeError when there are no sequences, a number is out of range, or `closed` is asked for with a limit
 * @source Pei et al., "PrefixSpan: Mining Sequential Patterns Efficiently by Prefix-Projected Pattern Growth", ICDE 2001, section 3; gaps:
 *   Srikant & Agrawal, "Mining Sequential Patterns: Generalizations and Performance Improvements", EDBT 1996, section 2; closed: Yan,
 *   Han & Afshar, "CloSpan: Mining Closed Sequential Patterns in Large Datasets", SDM 2003, definition 2.
 * @differs An event is one item and not a set of items; gaps are counted in places and not in time; closed patterns are chosen in the
 *   end and not while the search goes on.
 */
export function prefixSpan(
  sequences: readonly ArrayLike<number>[],
  { minCount, maxLength = Infinity, maxGap = Infinity, closed = false }: PrefixSpanOptions,
): SequentialPattern[] {
  if (sequences.length === 0) throw new RangeError('prefixSpan: there are no sequences');
  for (const [name, value] of Object.entries({ minCount, maxLength, maxGap })) {
    const isFine = value >= 1 && (Number.isInteger(value) || (value === Infinity && name !== 'minCount'));
    if (!isFine) throw new RangeError(`prefixSpan: ${name} must be a whole number from 1, got ${value}`);
  }
  if (closed && (maxLength < Infinity || maxGap < Infinity)) {
    throw new RangeError('prefixSpan: closed goes without maxLength and maxGap');
  }
  const found: { readonly items: readonly number[]; readonly count: number }[] = [];
  const grow = (prefix: readonly number[], projections: readonly Projection[]): void => {
    if (prefix.length >= maxLength) return;
    const reach = prefix.length === 0 ? Infinity : maxGap;
    const byItem = new Map<number, Projection[]>();
    for (const { sequence, ends } of projections) {
      for (const [item, places] of nextPlaces(sequences[sequence]!, ends, reach)) {
        const own = byItem.get(item) ?? [];
        // Without a limit the first place sees all that the others see.
        own.push({ sequence, ends: maxGap === Infinity ? places.slice(0, 1) : places });
        byItem.set(item, own);
      }
    }
    for (const [item, own] of [...byItem].sort(([a], [b]) => a - b)) {
      if (own.length < minCount) continue;
      const items = [...prefix, item];
      found.push({ items, count: own.length });
      grow(items, own);
    }
  };
  grow(
    [],
    sequences.map((_, sequence) => ({ sequence, ends: [-1] })),
  );
  const kept = closed ? closedOf(found) : found;
  return kept
    .map(({ items, count }) => ({ items, count, support: count / sequences.length }))
    .sort((a, b) => b.count - a.count || a.items.length - b.items.length || byItems(a.items, b.items));
}

/** By item, the places within reach of any of the ends, ascending. */
function nextPlaces(
  sequence: ArrayLike<number>,
  ends: readonly number[],
  reach: number,
): Map<number, number[]> {
  const places = new Map<number, number[]>();
  let from = 0;
  for (const end of ends) {
    const last = Math.min(sequence.length - 1, end + reach);
    for (let place = Math.max(from, end + 1); place <= last; place++) {
      const item = sequence[place]!;
      const own = places.get(item);
      if (own) own.push(place);
      else places.set(item, [place]);
    }
    from = Math.max(from, last + 1);
  }
  return places;
}

/** Those that are not part of a longer one with the same count. */
function closedOf<Pattern extends { readonly items: readonly number[]; readonly count: number }>(
  all: readonly Pattern[],
): Pattern[] {
  const byCount = new Map<number, Pattern[]>();
  for (const pattern of all) byCount.set(pattern.count, [...(byCount.get(pattern.count) ?? []), pattern]);
  return all.filter(
    (pattern) =>
      !byCount
        .get(pattern.count)!
        .some((other) => other.items.length > pattern.items.length && holds(other.items, pattern.items)),
  );
}

/** Whether the items of the second occur in the first, in order. */
function holds(long: readonly number[], short: readonly number[]): boolean {
  let found = 0;
  for (const item of long) if (item === short[found]) found += 1;
  return found === short.length;
}

function byItems(a: readonly number[], b: readonly number[]): number {
  const place = a.findIndex((item, at) => item !== b[at]);
  return place < 0 ? 0 : a[place]! - b[place]!;
}
