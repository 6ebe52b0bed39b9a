/**
 * Jaccard index of two sets: what both have, as a share of what either has. 0 to 1; 1 for two empty sets.
 *
 * How often and in which order is not asked. 1 minus it is a metric.
 *
 * @source Jaccard, "The Distribution of the Flora in the Alpine Zone", New Phytologist 11(2), 1912.
 */
export function jaccard(a: Iterable<number>, b: Iterable<number>): number {
  const [one, other] = [new Set(a), new Set(b)];
  let both = 0;
  for (const member of one) if (other.has(member)) both += 1;
  const either = one.size + other.size - both;
  return either === 0 ? 1 : both / either;
}

/**
 * Jaccard index of each window of a history with the next: how much of what somebody does stays the same.
 *
 * Low values may mean few events just as well as new interests: what is drawn from the same interests twice overlaps the less, the less is
 * drawn. Compare with windows of shuffled visits (`shuffledVolatility`).
 *
 * @param windows what was used in each, oldest first
 * @returns one number fewer than windows; NaN where a window is empty, of which nothing can be said
 * @source See `jaccard`: Jaccard 1912.
 */
export function jaccardOverWindows(windows: readonly Iterable<number>[]): Float64Array {
  const sets = windows.map((window) => new Set(window));
  return Float64Array.from(sets.slice(1), (later, place) =>
    later.size === 0 || sets[place]!.size === 0 ? NaN : jaccard(sets[place]!, later),
  );
}
