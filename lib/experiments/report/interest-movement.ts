import { jensenShannon } from '../../evaluation/jensen-shannon';

/**
 * How far the interests of each user moved: Jensen-Shannon divergence of the categories of the first half of a history and of the second, 0 to
 * 1; NaN where a half has none.
 *
 * Larger for short histories by chance alone.
 *
 * @source Lin, "Divergence Measures Based on the Shannon Entropy", IEEE Trans. Information Theory 37(1), 1991.
 */
export function interestMovements(
  histories: readonly Int32Array[],
  categoriesOf: (item: number) => readonly string[],
): Float64Array {
  return Float64Array.from(histories, (history) => {
    const middle = Math.floor(history.length / 2);
    const halves = [history.subarray(0, middle), history.subarray(middle)].map((items) => {
      const counts = new Map<string, number>();
      for (const item of items)
        for (const name of categoriesOf(item)) counts.set(name, (counts.get(name) ?? 0) + 1);
      return counts;
    });
    const names = [...new Set(halves.flatMap((counts) => [...counts.keys()]))];
    const [first, second] = halves.map((counts) => names.map((name) => counts.get(name) ?? 0));
    return names.length === 0 ? NaN : jensenShannon(first!, second!);
  });
}
