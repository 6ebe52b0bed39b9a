import type { Rng } from '../../base/random';
import { hideItems, type SequenceRows } from '../../objectives/masked-item';
import type { TrainingBatch } from '../../preprocessing/windows';
import { encoderOf } from '../encoder-catalogue';
import type { SequenceModel } from '../sequence-model';

/** Share of hidden items: that of BERT4Rec on MovieLens. */
export const defaultMaskShare = 0.2;

/** Of the beginnings of a window: all, as the papers have it. */
export const defaultPrefixShare = 1;

/** Of the windows of an encoder that hides items, how many have only their last item hidden: our choice, not tuned. */
const lastShare = 0.1;

/** What is read and asked for in a batch of windows. */
export interface AskedItems {
  /** B*T: what the encoder reads. */
  readonly items: Int32Array;
  /** B*T: the item that is asked for at each place, 0 where none is. */
  readonly targets: Int32Array;
}

/** How a batch of windows becomes a question. */
export interface WindowQuestions {
  /** Events that a row has beyond the inputs of a window: the window's last target, where nothing is asked after it. */
  readonly hiddenEvents: 0 | 1;
  /** Rows are beginnings of windows, this share of them. Absent: whole windows. */
  readonly prefixShare?: number;
  readonly ask: (batch: TrainingBatch, rng: Rng) => AskedItems;
}

/**
 * The next item of every event for a causal encoder, hidden items for one that reads in both directions, the item behind each prefix
 * for one that answers once. @throws RangeError
 */
export function questionsOf(
  { encoder, config }: SequenceModel,
  { maskShare, prefixShare }: { readonly maskShare?: number; readonly prefixShare?: number },
): WindowQuestions {
  const { answersOnce = false, ...entry } = encoderOf(encoder);
  const maskIndex = entry.maskIndex?.(config);
  if (prefixShare !== undefined && !answersOnce)
    throw new RangeError(`nextItems: ${encoder} does not answer once a row, so it has no prefixShare`);
  if (maskIndex === undefined) {
    if (maskShare !== undefined)
      throw new RangeError(`nextItems: ${encoder} hides no items, so it has no maskShare`);
    return answersOnce
      ? { hiddenEvents: 0, prefixShare: prefixShare ?? defaultPrefixShare, ask: askedOnce }
      : { hiddenEvents: 0, ask: ({ inputs, targets }) => ({ items: inputs, targets }) };
  }
  const hiding = { share: maskShare ?? defaultMaskShare, lastShare, maskIndex };
  return { hiddenEvents: 1, ask: (batch, rng) => hideItems(wholeWindows(batch), hiding, rng) };
}

/** Of each row the last target alone. */
function askedOnce({ inputs, targets, lengths, length }: TrainingBatch): AskedItems {
  const last = new Int32Array(targets.length);
  for (const [row, own] of lengths.entries()) {
    const place = row * length + own - 1;
    if (own > 0) last[place] = targets[place]!;
  }
  return { items: inputs, targets: last };
}

/** All events of each window, its last target included, in rows that are one place longer. */
function wholeWindows({ numSequences, length: T, inputs, targets, lengths }: TrainingBatch): SequenceRows {
  const [length, items] = [T + 1, new Int32Array(numSequences * (T + 1))];
  for (let row = 0; row < numSequences; row++) {
    const own = lengths[row]!;
    items.set(inputs.subarray(row * T, row * T + own), row * length);
    if (own > 0) items[row * length + own] = targets[row * T + own - 1]!;
  }
  return { length, items, lengths: lengths.map((own) => (own > 0 ? own + 1 : 0)) };
}
