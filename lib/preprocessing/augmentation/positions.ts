import type { Rng } from '../../base/random';

/** Draw different positions of a sequence, all sets alike likely; ascending. */
export function drawPositions(length: number, count: number, rng: Rng): Int32Array {
  // The first `count` of a shuffle (Fisher-Yates, stopped early).
  const all = Int32Array.from({ length }, (_, position) => position);
  for (let place = 0; place < count; place++) {
    const other = place + rng.integer(length - place);
    [all[place], all[other]] = [all[other]!, all[place]!];
  }
  return all.slice(0, count).sort();
}

/**
 * The values at some positions, in their order: how one augmentation is carried out alike on every channel of a
 * sequence (items, behaviours, times).
 */
export function takePositions<Values extends Int32Array | Float32Array | Float64Array>(
  values: Values,
  positions: Int32Array,
): Values {
  const taken = values.slice(0, positions.length) as Values;
  for (const [place, position] of positions.entries()) taken[place] = values[position]!;
  return taken;
}
