import type { Rng } from '../base/random';
import { cropPositions } from '../preprocessing/augmentation/crop';
import { maskItems } from '../preprocessing/augmentation/mask';
import { drawPositions, takePositions } from '../preprocessing/augmentation/positions';
import { reorderPositions } from '../preprocessing/augmentation/reorder';

/** The ways to see one history twice. */
export const viewKinds = ['halves', 'slices', 'augmented'] as const;

/**
 * How one history is seen twice.
 *
 * - `halves`: its events dealt at random into two parts that share none; each keeps its order
 * - `slices`: two stretches at random places, of random lengths; they may overlap
 * - `augmented`: the whole history twice, each time cropped, masked or reordered at random
 */
export type ViewKind = (typeof viewKinds)[number];

export interface ViewOptions {
  readonly kind: ViewKind;
  /** T: events of a view at most. */
  readonly length: number;
  /** What stands for a masked item; default 0, an item without a vector. */
  readonly maskIndex?: number;
}

/** Shares of crop, mask and reorder: usual ones of the paper's grids, not tuned here. */
const shares = { crop: 0.6, mask: 0.3, reorder: 0.6 } as const;
/** Slices of a history have at least this share of it: so short a one still tells of taste. */
const shortestSlice = 0.1;

/**
 * Draw two views of one history: what they have in common is the user, not the place in time.
 *
 * @param history item indices, oldest first, at least 2
 * @returns item indices, each view 1 to `length` of them
 * @throws RangeError when there are fewer than 2 events, or `length` is no whole number from 1
 * @source `halves` and `slices`: Babaev et al., "CoLES: Contrastive Learning for Event Sequences with Self-Supervision", SIGMOD
 *   2022, section 3.3 (random slices; disjoint parts are its ablation). `augmented`: Xie et al., "Contrastive Learning for
 *   Sequential Recommendation", ICDE 2022, section III-C.
 * @differs Of a history longer than two views, halves are dealt from events of all of it. Slices have a tenth of a history to all of it,
 *   in the paper 25 to 200 events.
 */
export function drawViews(
  history: Int32Array,
  { kind, length, maskIndex = 0 }: ViewOptions,
  rng: Rng,
): readonly [Int32Array, Int32Array] {
  if (history.length < 2) throw new RangeError(`drawViews: a history needs 2 events, got ${history.length}`);
  if (!Number.isInteger(length) || length < 1) {
    throw new RangeError(`drawViews: length must be a whole number from 1, got ${length}`);
  }
  switch (kind) {
    case 'halves':
      return drawHalves(history, length, rng);
    case 'slices':
      return [drawSlice(history, length, rng), drawSlice(history, length, rng)];
    case 'augmented': {
      const latest = history.subarray(Math.max(0, history.length - length));
      return [augment(latest, maskIndex, rng), augment(latest, maskIndex, rng)];
    }
  }
}

function drawHalves(history: Int32Array, length: number, rng: Rng): [Int32Array, Int32Array] {
  const each = Math.min(length, Math.floor(history.length / 2));
  const both = drawPositions(history.length, 2 * each, rng);
  const isFirst = new Uint8Array(2 * each);
  for (const place of drawPositions(2 * each, each, rng)) isFirst[place] = 1;
  const half = (which: 0 | 1): Int32Array =>
    takePositions(
      history,
      both.filter((_, place) => isFirst[place] === which),
    );
  return [half(1), half(0)];
}

function drawSlice(history: Int32Array, length: number, rng: Rng): Int32Array {
  const longest = Math.min(length, history.length);
  const shortest = Math.min(longest, Math.max(1, Math.ceil(shortestSlice * history.length)));
  const own = shortest + rng.integer(longest - shortest + 1);
  const start = rng.integer(history.length - own + 1);
  return history.slice(start, start + own);
}

function augment(items: Int32Array, maskIndex: number, rng: Rng): Int32Array {
  switch (rng.integer(3)) {
    case 0:
      return takePositions(items, cropPositions(items.length, { share: shares.crop }, rng));
    case 1:
      return maskItems(items, { share: shares.mask, maskIndex }, rng).items;
    default:
      return takePositions(items, reorderPositions(items.length, { share: shares.reorder }, rng));
  }
}
