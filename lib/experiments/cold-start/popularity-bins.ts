/** The catalogue in parts, the most popular items first. */
export interface PopularityBins {
  /** By item index: the part, from 0; -1 for padding. Items without an event belong to the last part. */
  readonly binOf: Int32Array;
  /** Of each part, its items and their events. */
  readonly bins: readonly { readonly items: number; readonly events: number }[];
}

/**
 * Part the catalogue by popularity so that each part has about the same number of events: a short head, and a long tail.
 *
 * Items stand in descending order of their counts, equal ones by index. A part ends where it has its share of the events.
 *
 * @param counts one count an item, index 0 (padding) 0, from `countItems`
 * @param parts how many, from 2; default 3
 * @throws RangeError when `parts` is no whole number from 2, there are fewer items, or there is no event
 * @source Park & Tuzhilin, "The Long Tail of Recommender Systems and How to Leverage It", RecSys 2008, section 3.
 * @differs By events, not by items: each part is asked for about as often.
 */
export function popularityBins(counts: ArrayLike<number>, parts = 3): PopularityBins {
  const total = Array.from(counts).reduce((sum, count) => sum + count, 0);
  if (!(Number.isInteger(parts) && parts >= 2 && counts.length - 1 >= parts && total > 0)) {
    throw new RangeError(`popularityBins: ${parts} parts of ${counts.length - 1} items with ${total} events`);
  }
  const order = Array.from({ length: counts.length - 1 }, (_, at) => at + 1);
  order.sort((one, other) => counts[other]! - counts[one]! || one - other);
  const binOf = new Int32Array(counts.length).fill(-1);
  const bins = Array.from({ length: parts }, () => ({ items: 0, events: 0 }));
  let before = 0;
  for (const item of order) {
    const bin = Math.min(parts - 1, Math.floor((parts * before) / total));
    binOf[item] = bin;
    bins[bin]!.items += 1;
    bins[bin]!.events += counts[item]!;
    before += counts[item]!;
  }
  return { binOf, bins };
}
