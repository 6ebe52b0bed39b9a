/**
 * Squared Euclidean distance of two rows of the same numbers, `size` long, in double precision.
 *
 * @param from place where the one row begins
 * @param to place where the other begins
 */
export function squaredDistance(values: Float32Array, from: number, to: number, size: number): number {
  // Four sums side by side: a single one would wait for each addition.
  let sum0 = 0;
  let sum1 = 0;
  let sum2 = 0;
  let sum3 = 0;
  let at = 0;
  for (; at + 3 < size; at += 4) {
    const gap0 = values[from + at]! - values[to + at]!;
    const gap1 = values[from + at + 1]! - values[to + at + 1]!;
    const gap2 = values[from + at + 2]! - values[to + at + 2]!;
    const gap3 = values[from + at + 3]! - values[to + at + 3]!;
    sum0 += gap0 * gap0;
    sum1 += gap1 * gap1;
    sum2 += gap2 * gap2;
    sum3 += gap3 * gap3;
  }
  for (; at < size; at++) {
    const gap = values[from + at]! - values[to + at]!;
    sum0 += gap * gap;
  }
  return sum0 + sum1 + (sum2 + sum3);
}
