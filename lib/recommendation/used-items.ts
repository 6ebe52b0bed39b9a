import { sparseRows, type SparseRows } from '../base/sparse-rows';

/**
 * Which user used which item: a one for each pair, however often.
 *
 * @param histories item indices of each user, below `numItems`
 * @throws RangeError when an item is out of range
 */
export function usedItems(histories: readonly Int32Array[], numItems: number): SparseRows {
  const used = histories.map((history) => [...new Set(history)]);
  const users = used.flatMap((items, user) => items.map(() => user));
  return sparseRows([histories.length, numItems], users, used.flat(), new Float64Array(users.length).fill(1));
}

/** @throws RangeError when a number of neighbours or items is no whole number from 1; Infinity is all */
export function expectCounts(caller: string, counts: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(counts)) {
    if (!(value === Infinity || (Number.isInteger(value) && value >= 1))) {
      throw new RangeError(`${caller}: ${name} must be a whole number from 1, got ${value}`);
    }
  }
}
