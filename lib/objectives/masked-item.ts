import type { Rng } from '../base/random';
import { maskItems } from '../preprocessing/augmentation/mask';

/** How items are hidden. */
export interface Hiding {
  /** Of a sequence's items, how many are hidden: above 0, up to 1; rounded down, but at least one. */
  readonly share: number;
  /** Of the sequences, how many have only their last item hidden, as when the next one is asked for: 0 to 1. */
  readonly lastShare: number;
  /** The index that stands where an item is hidden. */
  readonly maskIndex: number;
}

/** Sequences side by side, filled up on the right: T = `length`. */
export interface SequenceRows {
  readonly length: number;
  /** B*T item indices, 0 = padding. */
  readonly items: Int32Array;
  /** B numbers: items of each row. */
  readonly lengths: Int32Array;
}

/** Rows with some items hidden. */
export interface HiddenItems {
  /** B*T: the items, the mask's index where one is hidden. */
  readonly items: Int32Array;
  /** B*T: the hidden item where there is one, else 0. */
  readonly targets: Int32Array;
}

/**
 * Learn by asking "which items are hidden here?": hide some items of each sequence (the cloze task).
 *
 * Which ones depends on `rng` alone. What is asked goes to `prepareNextItem` and the losses like any other target.
 *
 * @throws RangeError when a share is out of range
 * @source Sun et al., "BERT4Rec", CIKM 2019, section 3.6 (the cloze task, and samples whose last item alone is hidden); Taylor,
 *   "Cloze Procedure: A New Tool for Measuring Readability", Journalism Quarterly 30(4), 1953.
 * @differs Samples with a hidden last item are drawn with a probability instead of added once a sequence.
 */
export function hideItems({ length, items, lengths }: SequenceRows, hiding: Hiding, rng: Rng): HiddenItems {
  const { share, lastShare, maskIndex } = hiding;
  if (!(share > 0 && share <= 1)) {
    throw new RangeError(`hideItems: share must be above 0 and at most 1, got ${share}`);
  }
  if (!(lastShare >= 0 && lastShare <= 1)) {
    throw new RangeError(`hideItems: lastShare must be from 0 to 1, got ${lastShare}`);
  }
  const [hidden, targets] = [items.slice(), new Int32Array(items.length)];
  for (const [row, own] of lengths.entries()) {
    if (own === 0) continue;
    const first = row * length;
    const isLast = rng.next() < lastShare;
    const places = isLast
      ? [own - 1]
      : maskItems(items.subarray(first, first + own), { share: Math.max(share, 1 / own), maskIndex }, rng)
          .masked;
    for (const place of places) {
      hidden[first + place] = maskIndex;
      targets[first + place] = items[first + place]!;
    }
  }
  return { items: hidden, targets };
}
