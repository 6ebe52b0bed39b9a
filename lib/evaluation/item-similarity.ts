import type { Matrix } from '../base/matrix';

/** How alike two items are, 1 for the same; by item index. */
export type ItemSimilarity = (a: number, b: number) => number;

/**
 * Compare items by the angle of their vectors: genres, categories, embeddings.
 *
 * -1 to 1, and 0 to 1 where no number is negative. An item without anything, all zeros, is like no other and like itself.
 *
 * @param vectors one row an item, by item index; row 0 is padding
 * @throws RangeError, when asked for an item that has no row
 * @source Salton, Wong & Yang, "A Vector Space Model for Automatic Indexing", Communications of the ACM 18(11), 1975.
 */
export function similarityByVectors({ rows, columns, values }: Matrix): ItemSimilarity {
  const lengths = Float64Array.from({ length: rows }, (_, row) =>
    Math.hypot(...values.subarray(row * columns, (row + 1) * columns)),
  );
  return (a, b) => {
    for (const item of [a, b]) {
      if (!(item >= 0 && item < rows))
        throw new RangeError(`similarityByVectors: item ${item} has no vector`);
    }
    if (a === b) return 1;
    const scale = lengths[a]! * lengths[b]!;
    if (scale === 0) return 0;
    let sum = 0;
    for (let at = 0; at < columns; at++) sum += values[a * columns + at]! * values[b * columns + at]!;
    return sum / scale;
  };
}
