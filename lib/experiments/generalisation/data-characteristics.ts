import { quantile, sortedNumbers } from '../../base/quantile';
import { giniIndex } from '../../evaluation/exposure';
import type { Sequences } from '../../preprocessing/sequences';

/** What of a data set decides how hard it is, before any model. */
export interface DataCharacteristics {
  readonly users: number;
  readonly items: number;
  readonly events: number;
  /** Of a user; half of the users have fewer. */
  readonly medianEvents: number;
  readonly meanEvents: number;
  readonly longest: number;
  /** Share of the pairs of user and item that occur, 0 to 1. */
  readonly density: number;
  /** Share of the events whose item the user had used before. */
  readonly repeatShare: number;
  /** Share of the items that occur in one event only: nothing can be learned of them. */
  readonly onceShare: number;
  /** How unequally events are shared out among items: 0 where each has as many. */
  readonly gini: number;
}

/**
 * Describe a data set by what is known to decide how well recommenders do on it: its size, its shape, how full it is and how unequal.
 *
 * @param sequences at least one event
 * @throws RangeError when there is none
 * @source Adomavicius & Zhang, "Impact of Data Characteristics on Recommender Systems Performance", ACM TMIS 3(1), 2012, section 3 (space,
 *   density, distributions over users and items).
 * @differs Density counts pairs once, whatever they are repeated; the share of repeats is added.
 */
export function dataCharacteristics({
  userIds,
  offsets,
  items,
  vocabulary,
}: Pick<Sequences, 'userIds' | 'offsets' | 'items' | 'vocabulary'>): DataCharacteristics {
  if (items.length === 0) throw new RangeError('dataCharacteristics: there are no events');
  const users = userIds.length;
  const numItems = vocabulary.itemIds.length - 1;
  const counts = new Float64Array(numItems);
  let pairs = 0;
  const lengths = new Float64Array(users);
  for (let user = 0; user < users; user++) {
    const own = items.subarray(offsets[user], offsets[user + 1]);
    lengths[user] = own.length;
    pairs += new Set(own).size;
    for (const item of own) counts[item - 1]! += 1;
  }
  const sorted = sortedNumbers(lengths);
  return {
    users,
    items: numItems,
    events: items.length,
    medianEvents: quantile(sorted, 0.5),
    meanEvents: items.length / users,
    longest: sorted.at(-1)!,
    density: pairs / (users * numItems),
    repeatShare: 1 - pairs / items.length,
    onceShare: counts.filter((count) => count === 1).length / numItems,
    gini: giniIndex(counts),
  };
}
