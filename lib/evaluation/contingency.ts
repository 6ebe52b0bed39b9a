/** How often each pair of groups of two groupings meets. */
export interface Contingency {
  /** Number of things. */
  readonly total: number;
  /** Size of each group of the first grouping, in the order of first appearance. */
  readonly rowSums: readonly number[];
  /** The same of the second. */
  readonly columnSums: readonly number[];
  /** Things in both a group of the first (row) and of the second (column); pairs that never meet are left out. */
  readonly cells: readonly { readonly row: number; readonly column: number; readonly count: number }[];
}

/**
 * Count how the groups of two groupings of the same things overlap.
 *
 * Labels are any numbers: only which are equal plays a part. So noise, -1 in a density-based clustering, is a group like
 * any other.
 *
 * @throws RangeError when the groupings differ in length or are empty
 * @source Hubert & Arabie, "Comparing Partitions", Journal of Classification 2, 1985, table 1
 */
export function contingency(name: string, a: ArrayLike<number>, b: ArrayLike<number>): Contingency {
  if (a.length === 0 || a.length !== b.length) {
    throw new RangeError(`${name}: needs two groupings of the same things, got ${a.length} and ${b.length}`);
  }
  const rowOf = new Map<number, number>();
  const columnOf = new Map<number, number>();
  const rowSums: number[] = [];
  const columnSums: number[] = [];
  const countsOf: Map<number, number>[] = []; // by row: column -> count
  for (let thing = 0; thing < a.length; thing++) {
    const row = placeOf(rowOf, a[thing]!);
    const column = placeOf(columnOf, b[thing]!);
    rowSums[row] = (rowSums[row] ?? 0) + 1;
    columnSums[column] = (columnSums[column] ?? 0) + 1;
    const counts = (countsOf[row] ??= new Map<number, number>());
    counts.set(column, (counts.get(column) ?? 0) + 1);
  }
  const cells = countsOf.flatMap((counts, row) =>
    [...counts].map(([column, count]) => ({ row, column, count })),
  );
  return { total: a.length, rowSums, columnSums, cells };
}

function placeOf(places: Map<number, number>, label: number): number {
  const known = places.get(label);
  if (known !== undefined) return known;
  places.set(label, places.size);
  return places.size - 1;
}
