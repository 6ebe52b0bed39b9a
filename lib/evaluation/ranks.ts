/**
 * Refuse what no ranking produces: an empty list of ranks, a rank below 1, NaN.
 *
 * Ranks under averaged ties may end in a half, so whole numbers are not asked for.
 *
 * @throws RangeError naming the metric, the row and the value
 */
export function expectRanks(metric: string, ranks: ArrayLike<number>): void {
  if (ranks.length === 0) throw new RangeError(`${metric}: there are no ranks, so there is no mean`);
  for (let user = 0; user < ranks.length; user++) {
    const rank = ranks[user]!;
    if (!(rank >= 1 && rank < Infinity)) {
      throw new RangeError(`${metric}: the rank of row ${user} is ${rank}, ranks start at 1`);
    }
  }
}

/** Refuse a length of list that is not a whole number from 1. @throws RangeError */
export function expectCutoff(metric: string, k: number): void {
  if (!Number.isInteger(k) || k < 1)
    throw new RangeError(`${metric}: k must be a whole number from 1, got ${k}`);
}
