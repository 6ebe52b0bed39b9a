/**
 * Adjusted Rand index: how far two groupings of the same things agree.
 *
 * 1 when they are the same up to the names of the groups, around 0 for independent groupings, negative below
 * chance (-.5 at worst). Which group has which number plays no part.
 *
 * @throws RangeError when the groupings differ in length or are empty
 * @source Hubert & Arabie, "Comparing Partitions", Journal of Classification 2, 1985, eq. 5
 * @differs Two groupings that leave nothing to chance (both one group, or both all singletons) count 1, as in
 *   scikit-learn.
 */
export function adjustedRand(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length === 0 || a.length !== b.length) {
    throw new RangeError(
      `adjustedRand: needs two groupings of the same things, got ${a.length} and ${b.length}`,
    );
  }
  const together = new Map<string, number>();
  const ofA = new Map<number, number>();
  const ofB = new Map<number, number>();
  for (let row = 0; row < a.length; row++) {
    add(together, `${a[row]}/${b[row]}`);
    add(ofA, a[row]!);
    add(ofB, b[row]!);
  }
  const inBoth = pairs(together.values());
  const inA = pairs(ofA.values());
  const inB = pairs(ofB.values());
  const expected = a.length > 1 ? (inA * inB) / ((a.length * (a.length - 1)) / 2) : 0;
  const largest = (inA + inB) / 2;
  return largest === expected ? 1 : (inBoth - expected) / (largest - expected);
}

function add<Key>(counts: Map<Key, number>, key: Key): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function pairs(counts: Iterable<number>): number {
  let sum = 0;
  for (const count of counts) sum += (count * (count - 1)) / 2;
  return sum;
}
