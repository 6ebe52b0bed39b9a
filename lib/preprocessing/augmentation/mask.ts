import type { Rng } from '../../base/random';
import { drawPositions } from './positions';
import { shareOf } from './share';

export interface MaskOptions {
  /** Of the items, how many are hidden: 0 to 1, rounded down to whole items. */
  readonly share: number;
  /** What stands in their place, no index of an item. */
  readonly maskIndex: number;
}

/**
 * Hide some items of a sequence behind one that means "hidden": the rest must tell as much.
 *
 * The places are drawn at random, all sets of them with the same chance.
 *
 * @param items item indices, oldest first; unchanged
 * @returns the items, and where they are hidden, ascending
 * @throws RangeError when `share` is outside [0, 1]
 * @source Xie et al., "Contrastive Learning for Sequential Recommendation", ICDE 2022, section III (item mask).
 */
export function maskItems(
  items: Int32Array,
  { share, maskIndex }: MaskOptions,
  rng: Rng,
): { items: Int32Array; masked: Int32Array } {
  const masked = drawPositions(items.length, shareOf('maskItems', items.length, share), rng);
  const hidden = items.slice();
  for (const position of masked) hidden[position] = maskIndex;
  return { items: hidden, masked };
}
