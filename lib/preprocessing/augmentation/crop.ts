import type { Rng } from '../../base/random';
import { shareOf } from './share';

/**
 * Keep one stretch of a sequence, at a random place: a part of a history tells of the same user.
 *
 * The stretch has `share` of the events (rounded down, at least one) and starts with the same chance wherever it fits.
 * Order and neighbours inside it are those of the sequence.
 *
 * @param length events of the sequence
 * @returns the kept positions, ascending without a gap; none of an empty sequence. See `takePositions`
 * @throws RangeError when `share` is outside [0, 1]
 * @source Xie et al., "Contrastive Learning for Sequential Recommendation", ICDE 2022, section III (item crop).
 */
export function cropPositions(length: number, { share }: { readonly share: number }, rng: Rng): Int32Array {
  const kept = shareOf('cropPositions', length, share, 1);
  const start = kept < length ? rng.integer(length - kept + 1) : 0;
  return Int32Array.from({ length: kept }, (_, place) => start + place);
}
