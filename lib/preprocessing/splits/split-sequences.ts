import type { Sequences } from '../sequences';
import type { Split } from './split';

/** A split together with the sequences that it parts: what training and evaluation take. */
export interface SplitSequences extends Split {
  readonly sequences: Sequences;
}

/**
 * Put a split and its sequences together.
 *
 * @throws RangeError when the split was made of other sequences
 */
export function withSequences(split: Split, sequences: Sequences): SplitSequences {
  const isSame =
    split.offsets.length === sequences.offsets.length &&
    split.offsets.every((offset, user) => offset === sequences.offsets[user]);
  if (!isSame) throw new RangeError('withSequences: the split was made of other sequences');
  return { ...split, sequences };
}

/** The events of a user that training may see: a view, not a copy. */
export function trainPart({ sequences, trainStarts, trainEnds }: SplitSequences, user: number): Int32Array {
  return sequences.items.subarray(trainStarts[user], trainEnds[user]);
}
