import type { Rng } from 'behavior-lab/base/random';

/** Rows of items with the padding on one side. */
export interface DrawnSequences {
  readonly items: Int32Array; // [N, T]
  readonly lengths: Int32Array; // [N]
}

/**
 * Draw sequences of items: half of them full, the lengths of the others uniform from 1 to T, items uniform from 1 to V - 1.
 *
 * @param padding where the zeros stand
 */
export function drawSequences(
  N: number,
  T: number,
  V: number,
  padding: 'left' | 'right',
  rng: Rng,
): DrawnSequences {
  const items = new Int32Array(N * T);
  const lengths = Int32Array.from({ length: N }, () => (rng.next() < 0.5 ? T : 1 + rng.integer(T)));
  for (let row = 0; row < N; row++) {
    const first = padding === 'left' ? T - lengths[row]! : 0;
    for (let t = 0; t < lengths[row]!; t++) items[row * T + first + t] = 1 + rng.integer(V - 1);
  }
  return { items, lengths };
}

/** A table of item vectors, normal with the given deviation; the row of padding is zero. */
export function drawTable(V: number, D: number, deviation: number, rng: Rng): Float32Array {
  return Float32Array.from({ length: V * D }, (_, place) => (place < D ? 0 : deviation * rng.normal()));
}
