/** Who went from which group to which between two periods. */
export interface Migration {
  /** `counts[from][to]`: users in `from` before and in `to` after. */
  readonly counts: readonly Int32Array[];
  /** By group: users who were in it before and in no group after, and the other way round. */
  readonly left: Int32Array;
  readonly joined: Int32Array;
  /** Of those with a group in both periods, the share that stayed; NaN where there is nobody. */
  readonly stayed: number;
  /** The share that would stay if groups were dealt anew at random, each as large as it is: what `stayed` has to be compared with. */
  readonly stayedByChance: number;
}

/**
 * Count how users move between groups from one period to the next.
 *
 * The groups must mean the same in both periods: assign both to the centres of one clustering (`nearestCentroids`), and do not cluster
 * each period anew.
 *
 * @param before group of each user, 0 to `numGroups` - 1; -1 where the user was not there
 * @param after  likewise
 * @throws RangeError when the lengths differ, or a label is no group
 * @source Cohen, "A Coefficient of Agreement for Nominal Scales", Educational and Psychological Measurement 20(1), 1960 (agreement by
 *   chance).
 */
export function migration(before: ArrayLike<number>, after: ArrayLike<number>, numGroups: number): Migration {
  if (before.length !== after.length)
    throw new RangeError(`migration: ${before.length} labels before and ${after.length} after`);
  const counts = Array.from({ length: numGroups }, () => new Int32Array(numGroups));
  const left = new Int32Array(numGroups);
  const joined = new Int32Array(numGroups);
  for (let user = 0; user < before.length; user++) {
    const [from, to] = [before[user]!, after[user]!];
    for (const label of [from, to]) {
      if (!(Number.isInteger(label) && label >= -1 && label < numGroups))
        throw new RangeError(
          `migration: user ${user} has the label ${label}, groups are 0 to ${numGroups - 1}`,
        );
    }
    if (from >= 0 && to >= 0) counts[from]![to]! += 1;
    else if (from >= 0) left[from]! += 1;
    else if (to >= 0) joined[to]! += 1;
  }
  const sum = (values: Iterable<number>): number => [...values].reduce((total, value) => total + value, 0);
  const rows = counts.map(sum);
  const columns = counts.map((_, to) => sum(counts.map((row) => row[to]!)));
  const both = sum(rows);
  return {
    counts,
    left,
    joined,
    stayed: sum(counts.map((row, group) => row[group]!)) / both,
    stayedByChance: sum(rows.map((own, group) => (own / both) * (columns[group]! / both))),
  };
}
