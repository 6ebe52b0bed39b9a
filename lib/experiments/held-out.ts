import { InputError } from '../base/errors';
import { partRange } from '../preprocessing/splits/split';
import { contextOf } from '../preprocessing/side/side-columns';
import type { SplitSequences } from '../preprocessing/splits/split-sequences';
import type { RankQuestion } from '../recommendation/rank-with-scorer';

/** Of each user with events in a held-out part, which are predicted. Under leave-one-out there is one, whatever this says. */
export type HeldOutEvents = 'first' | 'last' | 'all';

/** What of a split is predicted. */
export interface AskedEvents {
  readonly which: 'validation' | 'test';
  readonly events: HeldOutEvents;
}

/** Which events are to be predicted, from what, and whose they are. One entry an event, user after user. */
export interface HeldOutQuestion extends RankQuestion {
  /** Position of each event in the row of all events. */
  readonly rows: Int32Array;
  readonly users: Int32Array;
}

/**
 * Ask for the held-out events of any split, each from everything that the user did before it.
 *
 * Known are the events from `trainStarts` on, so also fold-in, and held-out events that came earlier; `unused` ones are not.
 *
 * @returns histories are views, not copies
 * @throws InputError when the part has no event
 */
export function heldOut(split: SplitSequences, { which, events }: AskedEvents): HeldOutQuestion {
  const { items, side } = split.sequences;
  const [users, rows]: [number[], number[]] = [[], []];
  for (let user = 0; user < split.trainEnds.length; user++) {
    const [start, end] = partRange(split, user, which);
    const from = events === 'last' ? Math.max(start, end - 1) : start;
    const to = events === 'first' ? Math.min(end, start + 1) : end;
    for (let row = from; row < to; row++) {
      users.push(user);
      rows.push(row);
    }
  }
  if (rows.length === 0) {
    throw new InputError(
      `the split has no ${which} events, so there is nothing to predict.`,
      'Hold out more.',
    );
  }
  return {
    histories: rows.map((row, at) => items.subarray(split.trainStarts[users[at]!], row)),
    targets: Int32Array.from(rows, (row) => items[row]!),
    rows: Int32Array.from(rows),
    users: Int32Array.from(users),
    ...(side && {
      contexts: rows.map((row, at) => contextOf(side, users[at]!, split.trainStarts[users[at]!]!, row)),
    }),
  };
}
