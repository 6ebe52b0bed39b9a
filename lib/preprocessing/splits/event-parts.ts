import { splitParts, type Split, type SplitColumns, type SplitMethod, type SplitPart } from './split';
import type { TimeCuts } from './split';

/** One bit a part, so that an event can be in two of them by mistake, or in none. */
export const partBits: Readonly<Record<SplitPart, number>> = {
  training: 1,
  'fold-in': 2,
  validation: 4,
  test: 8,
  unused: 16,
};

/** Which parts each event belongs to, however that came about: what a leak check reads. */
export interface EventParts {
  /** The promise that is checked; `null` for parts that promise nothing but order within a user. */
  readonly method: SplitMethod | null;
  /** One number an event: the sum of `partBits` of its parts. */
  readonly bits: Uint8Array;
  readonly cuts: TimeCuts | null;
}

/** Write a split down event by event. Ranges that overlap show as events in two parts. */
export function partsOfSplit(split: Split): EventParts {
  const { method, offsets, trainStarts, trainEnds, foldInEnds, validationEnds, testEnds, cuts } = split;
  const bits = new Uint8Array(offsets.at(-1) ?? 0);
  const mark = (part: SplitPart, starts: Int32Array, ends: Int32Array): void => {
    for (let user = 0; user + 1 < offsets.length; user++) {
      for (let event = starts[user]!; event < ends[user]!; event++) bits[event]! |= partBits[part];
    }
  };
  mark('unused', offsets.subarray(0, -1), trainStarts);
  mark('training', trainStarts, trainEnds);
  mark('fold-in', trainEnds, foldInEnds);
  mark('validation', foldInEnds, validationEnds);
  mark('test', validationEnds, testEnds);
  mark('unused', testEnds, offsets.subarray(1));
  return { method, bits, cuts };
}

/** Rows of each part, in any order; positions in the row of all events. */
export type PartRows = Partial<Readonly<Record<SplitPart, ArrayLike<number>>>>;

/** What parts given by their rows promise. */
export interface PartsPromise {
  /** Default `null`. */
  readonly method?: SplitMethod | null;
  /** Default `null`. */
  readonly cuts?: TimeCuts | null;
}

/**
 * Take parts from lists of rows, for a split that was made elsewhere or is wrong on purpose.
 *
 * @throws RangeError when a row is no event of the columns
 */
export function partsOfRows(
  { offsets }: Pick<SplitColumns, 'offsets'>,
  rows: PartRows,
  { method = null, cuts = null }: PartsPromise = {},
): EventParts {
  const bits = new Uint8Array(offsets.at(-1) ?? 0);
  for (const part of splitParts) {
    for (const row of Array.from(rows[part] ?? [])) {
      if (!(Number.isInteger(row) && row >= 0 && row < bits.length))
        throw new RangeError(`partsOfRows: ${part} row ${row} is none of ${bits.length} events`);
      bits[row]! |= partBits[part];
    }
  }
  return { method, bits, cuts };
}
