import { entropy } from './normalized-mutual-information';
import { expectCutoff } from './ranks';
import { firstOf } from './recommended-lists';

/**
 * How often each item of the catalogue is shown, over the first `k` places of all lists.
 *
 * @param lists    one a user, best first; item indices from 1
 * @param numItems number of items including padding (index 0), as everywhere
 * @returns one count an item, item 1 first; padding has none
 * @throws RangeError when there are no lists, a list names an item twice, or an item is not from 1 to `numItems - 1`
 * @source Shani & Gunawardana, "Evaluating Recommendation Systems", in: Recommender Systems Handbook, 2011, section 8.3.3.
 */
export function exposureCounts(
  lists: readonly ArrayLike<number>[],
  k: number,
  numItems: number,
): Float64Array {
  expectCutoff('exposureCounts', k);
  if (lists.length === 0) throw new RangeError('exposureCounts: there are no lists');
  const counts = new Float64Array(numItems - 1);
  for (const [user, list] of lists.entries()) {
    for (const item of firstOf('exposureCounts', list, user, k)) {
      if (!(Number.isInteger(item) && item >= 1 && item < numItems)) {
        throw new RangeError(
          `exposureCounts: user ${user} is shown item ${item}, items are 1 to ${numItems - 1}`,
        );
      }
      counts[item - 1]! += 1;
    }
  }
  return counts;
}

/**
 * Catalogue coverage: the share of items that are shown to anybody.
 *
 * It grows with the number of users and with `k`: compare at the same of both. One user is enough for an item to count.
 *
 * @param counts from `exposureCounts`
 * @throws RangeError when there is no item
 * @source Ge, Delgado-Battenfeld & Jannach, "Beyond Accuracy: Evaluating Recommender Systems by Coverage and Serendipity", RecSys 2010.
 */
export function catalogueCoverage(counts: ArrayLike<number>): number {
  const { items } = expectCounts('catalogueCoverage', counts, 0);
  return items.filter((count) => count > 0).length / items.length;
}

/**
 * Gini index of exposure: how unequally places are shared out among items.
 *
 * 0 where each item is shown as often as every other; (n - 1) / n where one of n items has all places. Items never shown take part.
 *
 * @param counts from `exposureCounts`
 * @throws RangeError when a count is negative or not finite, or nothing is shown
 * @source Shani & Gunawardana, "Evaluating Recommendation Systems", in: Recommender Systems Handbook, 2011, section 8.3.3; Fleder &
 *   Hosanagar, "Blockbuster Culture's Next Rise or Fall", Management Science 55(5), 2009.
 * @differs Divided by n, as in RecBole, not by n - 1.
 */
export function giniIndex(counts: ArrayLike<number>): number {
  const { items, total } = expectCounts('giniIndex', counts, 1);
  const n = items.length;
  const weighted = items
    .sort((a, b) => a - b)
    .reduce((sum, count, place) => sum + (2 * (place + 1) - n - 1) * count, 0);
  return weighted / (n * total);
}

/**
 * Shannon entropy of exposure, in bits: how many questions it takes to find out which item stands at a place.
 *
 * 0 where one item has all places, log2(n) where n items have as many each. 2 to its power is the number of items that would be as
 * diverse if all were shown as often.
 *
 * @param counts from `exposureCounts`
 * @throws RangeError when a count is negative or not finite, or nothing is shown
 * @source Shani & Gunawardana, "Evaluating Recommendation Systems", in: Recommender Systems Handbook, 2011, section 8.3.3.
 * @differs RecBole's metric of this name is the mean of the terms, not their sum, and in nats.
 */
export function exposureEntropy(counts: ArrayLike<number>): number {
  return entropy(expectCounts('exposureEntropy', counts, 1).items) / Math.LN2;
}

function expectCounts(
  metric: string,
  counts: ArrayLike<number>,
  least: number,
): { readonly items: number[]; readonly total: number } {
  const items = Array.from(counts);
  const total = items.reduce((sum, count) => sum + count, 0);
  if (items.length === 0 || !(total >= least)) throw new RangeError(`${metric}: nothing is shown`);
  const wrong = items.findIndex((count) => !(count >= 0 && count < Infinity));
  if (wrong >= 0) throw new RangeError(`${metric}: count ${wrong} is ${items[wrong]}`);
  return { items, total };
}
