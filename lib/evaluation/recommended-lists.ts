/**
 * The first `k` items of a list, fewer where it is shorter.
 *
 * @throws RangeError naming the user when an item comes twice, which would count a hit twice, or is not a number
 */
export function firstOf(metric: string, list: ArrayLike<number>, user: number, k: number): number[] {
  const first = Array.from({ length: Math.min(k, list.length) }, (_, place) => list[place]!);
  if (first.some(Number.isNaN)) throw new RangeError(`${metric}: the list of user ${user} holds NaN`);
  if (new Set(first).size < first.length) {
    throw new RangeError(`${metric}: the list of user ${user} names an item twice`);
  }
  return first;
}
