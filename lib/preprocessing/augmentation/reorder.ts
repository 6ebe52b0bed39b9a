import type { Rng } from '../../base/random';
import { shareOf } from './share';

/**
 * Shuffle one stretch of a sequence, at a random place: the exact order of neighbouring events is often chance.
 *
 * The stretch has `share` of the events (rounded down) and starts with the same chance wherever it fits. Events outside
 * it stay where they are; no event is lost.
 *
 * @param length events of the sequence
 * @returns a permutation of all positions. See `takePositions`
 * @throws RangeError when `share` is outside [0, 1]
 * @source Xie et al., "Contrastive Learning for Sequential Recommendation", ICDE 2022, section III (item reorder).
 */
export function reorderPositions(
  length: number,
  { share }: { readonly share: number },
  rng: Rng,
): Int32Array {
  const moved = shareOf('reorderPositions', length, share);
  const start = moved < length ? rng.integer(length - moved + 1) : 0;
  const positions = Int32Array.from({ length }, (_, position) => position);
  rng.shuffle(positions.subarray(start, start + moved));
  return positions;
}
