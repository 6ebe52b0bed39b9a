/**
 * The letters behind a tensor's name say its shape, one letter an axis:
 * `hidden_BTD` is [batch, time, width].
 *
 * B sequences in a batch, T time steps, D model width, H heads, K head width,
 * F feed-forward width, V items including padding (index 0), N rows or users,
 * C clusters, L candidates or negatives, G gates of a recurrent cell (4D).
 *
 * @source Noam Shazeer, "Shape Suffixes", February 2024.
 */
export const shapeLegend = {
  B: 'sequences in a batch',
  T: 'time steps',
  D: 'model width',
  H: 'heads',
  K: 'head width',
  F: 'feed-forward width',
  V: 'items including padding (index 0)',
  N: 'rows or users',
  C: 'clusters',
  L: 'candidates or negatives',
  G: 'gates of a recurrent cell, 4D for an LSTM',
} as const;

/**
 * Refuse a tensor whose shape is not the expected one; `null` allows any size on that axis.
 *
 * @throws RangeError naming the tensor, its shape and the expected one
 */
export function expectShape(
  name: string,
  tensor: { readonly shape: readonly number[] },
  expected: readonly (number | null)[],
): void {
  const fits =
    tensor.shape.length === expected.length &&
    expected.every((size, axis) => size === null || size === tensor.shape[axis]);
  if (!fits) {
    const wanted = expected.map((size) => size ?? 'any').join(', ');
    throw new RangeError(`${name} should be [${wanted}], got [${tensor.shape.join(', ')}]`);
  }
}
