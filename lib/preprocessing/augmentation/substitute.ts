import type { Rng } from '../../base/random';
import { drawPositions } from './positions';
import { shareOf } from './share';

/** Names an item that could stand for another one: the most similar one, for example. */
export type SimilarItem = (item: number) => number;

export interface SimilarOptions {
  /** Of the items, how many are changed: 0 to 1, rounded down to whole items; their places are drawn at random. */
  readonly share: number;
  /** What takes an item's place, or a place beside it. */
  readonly similar: SimilarItem;
}

/**
 * Put similar items in the place of some items of a sequence: somebody like this user would have taken those.
 *
 * @param items item indices, oldest first; unchanged
 * @returns the items, and where they were replaced, ascending
 * @throws RangeError when `share` is outside [0, 1]
 * @source Liu et al., "Contrastive Self-supervised Sequential Recommendation with Robust Augmentation",
 *   arXiv:2108.06479, 2021 (informative augmentation: substitute).
 */
export function substituteItems(
  items: Int32Array,
  { share, similar }: SimilarOptions,
  rng: Rng,
): { items: Int32Array; substituted: Int32Array } {
  const substituted = drawPositions(items.length, shareOf('substituteItems', items.length, share), rng);
  const changed = items.slice();
  for (const position of substituted) changed[position] = similar(items[position]!);
  return { items: changed, substituted };
}
