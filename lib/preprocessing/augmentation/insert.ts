import type { Rng } from '../../base/random';
import { drawPositions } from './positions';
import { shareOf } from './share';
import type { SimilarOptions } from './substitute';

/**
 * Put a similar item before some items of a sequence: what a user did elsewhere, where we could not see it. Short
 * histories gain most.
 *
 * @param items item indices, oldest first; unchanged
 * @returns the longer sequence, and for each of its places the position in `items` that it comes from, -1 for an inserted
 *   item: other channels are filled up by it
 * @throws RangeError when `share` is outside [0, 1]
 * @source Liu et al., "Contrastive Self-supervised Sequential Recommendation with Robust Augmentation",
 *   arXiv:2108.06479, 2021 (informative augmentation: insert).
 */
export function insertItems(
  items: Int32Array,
  { share, similar }: SimilarOptions,
  rng: Rng,
): { items: Int32Array; from: Int32Array } {
  const before = drawPositions(items.length, shareOf('insertItems', items.length, share), rng);
  const longer = new Int32Array(items.length + before.length);
  const from = new Int32Array(longer.length);
  let [place, next] = [0, 0];
  for (const [position, item] of items.entries()) {
    if (before[next] === position) {
      longer[place] = similar(item);
      from[place++] = -1;
      next += 1;
    }
    longer[place] = item;
    from[place++] = position;
  }
  return { items: longer, from };
}
