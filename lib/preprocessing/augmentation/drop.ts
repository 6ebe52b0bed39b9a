import type { Rng } from '../../base/random';
import { drawPositions } from './positions';
import { shareOf } from './share';

/**
 * Leave out some events of a sequence: a user who had skipped them would have gone on all the same.
 *
 * The places are drawn at random, all sets of them with the same chance; what stays keeps its order.
 *
 * `share` of the events are left out, 0 to 1, rounded down; `keep` of them stay at least, 0 unless said.
 *
 * @param length events of the sequence
 * @returns the kept positions, ascending. See `takePositions`
 * @throws RangeError when `share` is outside [0, 1]
 * @source Tan, Xu & Liu, "Improved Recurrent Neural Networks for Session-based Recommendations", DLRS 2016, section 3.1 (clicks left out
 *   at random).
 */
export function dropPositions(
  length: number,
  { share, keep = 0 }: { readonly share: number; readonly keep?: number },
  rng: Rng,
): Int32Array {
  const dropped = Math.min(shareOf('dropPositions', length, share), Math.max(0, length - keep));
  return drawPositions(length, length - dropped, rng);
}
