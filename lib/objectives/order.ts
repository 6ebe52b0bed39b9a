import type { Rng } from '../base/random';

/** The questions that can be asked about order. */
export const orderKinds = ['pair', 'permuted'] as const;

/**
 * What is asked about the order of events.
 *
 * - `pair`: two slices that follow each other are read one behind the other: are they in order, or swapped?
 * - `permuted`: one slice is read: are its events in order, or shuffled?
 */
export type OrderKind = (typeof orderKinds)[number];

export interface OrderQuestionOptions {
  readonly kind: OrderKind;
  /** T: events that are read at most; at least 2. Both slices of a pair together. */
  readonly length: number;
  /** Whether the order is left as it was. */
  readonly isInOrder: boolean;
}

/**
 * Draw a stretch of a history at a random place, and leave its order or spoil it.
 *
 * The same events are read in both cases, so that which items there are tells nothing. A pair is cut in the middle; of an odd number the
 * second slice has one event more.
 *
 * @param history item indices, oldest first
 * @returns item indices, or null where no order can be told: fewer than 2 events, or spoiling changes nothing
 * @throws RangeError when `length` is no whole number from 2
 * @source `pair`: Lan et al., "ALBERT: A Lite BERT for Self-supervised Learning of Language Representations", ICLR 2020, section 3.1
 *   (sentence-order prediction). `permuted`: Misra, Zitnick & Hebert, "Shuffle and Learn: Unsupervised Learning Using Temporal Order
 *   Verification", ECCV 2016, section 3.
 * @differs Events instead of words and frames, no separator between two slices and no segment vectors; one slice has all its events
 *   shuffled, in the source three frames are drawn.
 */
export function drawOrderQuestion(
  history: Int32Array,
  { kind, length, isInOrder }: OrderQuestionOptions,
  rng: Rng,
): Int32Array | null {
  if (!Number.isInteger(length) || length < 2) {
    throw new RangeError(`drawOrderQuestion: length must be a whole number from 2, got ${length}`);
  }
  if (history.length < 2) return null;
  const own = Math.min(length, history.length);
  const start = rng.integer(history.length - own + 1);
  const stretch = history.slice(start, start + own);
  // Drawn whatever the answer is, so that both answers are asked of the same stretches.
  const spoilt = kind === 'pair' ? swapped(stretch) : shuffled(stretch, rng);
  if (spoilt === null) return null;
  return isInOrder ? stretch : spoilt;
}

/** Second slice first; null where that is the same. */
function swapped(stretch: Int32Array): Int32Array | null {
  const middle = Math.floor(stretch.length / 2);
  const turned = new Int32Array(stretch.length);
  turned.set(stretch.subarray(middle));
  turned.set(stretch.subarray(0, middle), stretch.length - middle);
  return isSame(turned, stretch) ? null : turned;
}

/** Another order, all alike likely; null where all events are the same. */
function shuffled(stretch: Int32Array, rng: Rng): Int32Array | null {
  if (stretch.every((item) => item === stretch[0])) return null;
  for (;;) {
    const other = rng.shuffle(stretch.slice());
    if (!isSame(other, stretch)) return other;
  }
}

const isSame = (a: Int32Array, b: Int32Array): boolean => a.every((item, place) => item === b[place]);
