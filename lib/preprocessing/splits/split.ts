import type { Sequences } from '../sequences';

/** The columns that a split reads. */
export type SplitColumns = Pick<Sequences, 'offsets' | 'timesMs'>;

/** How events were parted. */
export type SplitMethod = 'leave-one-out' | 'time' | 'rolling-time' | 'user' | 'k-fold';

/**
 * What an event is there for.
 *
 * | part | learned from | known when something is predicted | predicted |
 * |---|---|---|---|
 * | `training` | yes | yes | no |
 * | `fold-in` | no | yes: it stands before what is predicted | no |
 * | `validation` | no | for the test | to choose models and epochs |
 * | `test` | no | for the user's later test events | once, at the end |
 * | `unused` | no | no | no |
 */
export const splitParts = ['training', 'fold-in', 'validation', 'test', 'unused'] as const;
export type SplitPart = (typeof splitParts)[number];

/** The moments at which a split by time cuts all users' histories, in ms since 1970-01-01 UTC. */
export interface TimeCuts {
  /** Events from here on are held out. */
  readonly validationFromMs: number;
  /** Events from here on belong to the test; not before `validationFromMs`. */
  readonly testFromMs: number;
}

/**
 * Any split of sequences into parts, as index ranges: nothing is copied.
 *
 * A user's events are in time order, so each part is one range of them. Positions count in the row of all users' events, as
 * `offsets` do. Of user `u`:
 *
 *     offsets[u] <= trainStarts[u] <= trainEnds[u] <= foldInEnds[u] <= validationEnds[u] <= testEnds[u] <= offsets[u + 1]
 *
 * Training is `trainStarts[u]` to `trainEnds[u] - 1`, fold-in goes on from there to `foldInEnds[u] - 1`, and so on. What is
 * before or behind belongs to no part (`unused`). What is known when an event of validation or test is predicted: all events
 * of the user before it, from `trainStarts[u]` on.
 */
export interface Split {
  readonly method: SplitMethod;
  /** N + 1 numbers, those of the sequences; the other arrays have N, one a user. */
  readonly offsets: Int32Array;
  readonly trainStarts: Int32Array;
  readonly trainEnds: Int32Array;
  readonly foldInEnds: Int32Array;
  readonly validationEnds: Int32Array;
  readonly testEnds: Int32Array;
  /** Where a split by time cuts; `null` for one that does not. */
  readonly cuts: TimeCuts | null;
}

/** The events of one user in one part, `[start, end)` in the row of all events. `unused` is no range: it is what is left. */
export function partRange(
  split: Split,
  user: number,
  part: Exclude<SplitPart, 'unused'>,
): readonly [start: number, end: number] {
  const { trainStarts, trainEnds, foldInEnds, validationEnds, testEnds } = split;
  switch (part) {
    case 'training':
      return [trainStarts[user]!, trainEnds[user]!];
    case 'fold-in':
      return [trainEnds[user]!, foldInEnds[user]!];
    case 'validation':
      return [foldInEnds[user]!, validationEnds[user]!];
    case 'test':
      return [validationEnds[user]!, testEnds[user]!];
  }
}

/**
 * The rows of one part, ascending: what a scaler or a vocabulary may be fitted on is `rowsOf(split, 'training')`.
 *
 * @returns positions in the row of all events
 */
export function rowsOf(split: Split, part: Exclude<SplitPart, 'unused'>): Int32Array {
  let count = 0;
  const users = split.trainEnds.length;
  for (let user = 0; user < users; user++) {
    const [start, end] = partRange(split, user, part);
    count += end - start;
  }
  const rows = new Int32Array(count);
  let at = 0;
  for (let user = 0; user < users; user++) {
    const [start, end] = partRange(split, user, part);
    for (let row = start; row < end; row++) rows[at++] = row;
  }
  return rows;
}
