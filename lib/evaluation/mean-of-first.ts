import { expectCutoff } from './ranks';
import { firstOf } from './recommended-lists';

/**
 * The mean of something over the first `k` items of each list, or over as many as there are.
 *
 * @throws RangeError when a list is empty or names an item twice
 */
export function meanOfFirst(
  metric: string,
  lists: readonly ArrayLike<number>[],
  k: number,
  of: (item: number, user: number) => number,
): Float64Array {
  expectCutoff(metric, k);
  return Float64Array.from(lists, (list, user) => {
    const items = firstOf(metric, list, user, k);
    if (items.length === 0) throw new RangeError(`${metric}: the list of user ${user} is empty`);
    return items.reduce((sum, item) => sum + of(item, user), 0) / items.length;
  });
}
