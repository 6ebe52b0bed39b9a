/**
 * Sequences of different length side by side, one a row, filled up on the right.
 *
 * B = `numSequences`, T = `length`; position `t` of row `b` is `items[b * T + t]`.
 */
export interface PaddedBatch {
  readonly numSequences: number;
  readonly length: number;
  /** B*T item indices, oldest first, 0 = padding. */
  readonly items: Int32Array;
  /** B*T numbers, 1 for an event and 0 for padding. */
  readonly isReal: Float32Array;
  /** B numbers: events of each row. */
  readonly lengths: Int32Array;
  /** B numbers: which user each row belongs to. */
  readonly userRows: Int32Array;
}

/**
 * Put sequences into one batch; of a longer one the last `length` events are kept.
 *
 * @param slices   item indices, oldest first
 * @param length   T, at least 1
 * @param userRows whose sequence each slice is; default 0, 1, 2, ...
 * @throws RangeError when `length` is not a positive whole number or `userRows` differs in number
 */
export function padBatch(
  slices: readonly Int32Array[],
  length: number,
  userRows?: ArrayLike<number>,
): PaddedBatch {
  if (!Number.isInteger(length) || length < 1) {
    throw new RangeError(`padBatch: length must be a positive whole number, got ${length}`);
  }
  if (userRows && userRows.length !== slices.length) {
    throw new RangeError(`padBatch: ${userRows.length} users for ${slices.length} sequences`);
  }
  const items = new Int32Array(slices.length * length);
  const isReal = new Float32Array(slices.length * length);
  const lengths = new Int32Array(slices.length);
  for (const [row, slice] of slices.entries()) {
    const kept = slice.length > length ? slice.subarray(slice.length - length) : slice;
    items.set(kept, row * length);
    isReal.fill(1, row * length, row * length + kept.length);
    lengths[row] = kept.length;
  }
  const rows = userRows ? Int32Array.from(userRows) : Int32Array.from(slices.keys());
  return { numSequences: slices.length, length, items, isReal, lengths, userRows: rows };
}
