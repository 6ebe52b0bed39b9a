import { InputError } from '../base/errors';
import { sequenceOf, type Sequences } from './sequences';
import type { SplitSequences } from './splits/split-sequences';

/** The last event of a user is the test target, the one before it the validation target. A `Split` like any other, and more. */
export interface LeaveOneOut extends SplitSequences {
  /** Rows of `sequences` that are evaluated: users with at least 3 events. */
  readonly users: Int32Array;
  /** Users with fewer than 3 events: used whole for training, not evaluated. */
  readonly tooShort: number;
  /** How many of a user's first events belong to training. */
  readonly trainLength: (user: number) => number;
}

/** Which target: `validation` chooses models and epochs, `test` is looked at once. */
export type Target = 'validation' | 'test';

/**
 * Keep each user's last event for the test and the one before it for validation.
 *
 * Every user's history ends at another moment, so training holds events of others that are later than a target: `globalTimeline`
 * in splits/ says how many.
 *
 * @throws InputError when no user has 3 events, so that nothing could be evaluated
 * @source Kang & McAuley, "Self-Attentive Sequential Recommendation", ICDM 2018, §IV-A.
 */
export function leaveOneOut(sequences: Sequences): LeaveOneOut {
  const { offsets, userIds } = sequences;
  const lengthOf = (user: number): number => offsets[user + 1]! - offsets[user]!;
  const users = Int32Array.from(userIds.keys()).filter((user) => lengthOf(user) >= 3);
  if (users.length === 0) {
    throw new InputError(
      `none of the ${userIds.length} users has 3 events: one to learn from, one for validation, one for the test.`,
      'Give longer histories, or loosen the cleaning rules.',
    );
  }
  const ends = offsets.subarray(1);
  const heldOutFrom = (last: number): Int32Array =>
    ends.map((end, user) => (lengthOf(user) >= 3 ? end - last : end));
  const trainEnds = heldOutFrom(2);
  return {
    method: 'leave-one-out',
    offsets,
    trainStarts: offsets.subarray(0, -1),
    trainEnds,
    foldInEnds: trainEnds,
    validationEnds: heldOutFrom(1),
    testEnds: ends,
    cuts: null,
    sequences,
    users,
    tooShort: userIds.length - users.length,
    trainLength: (user) => trainEnds[user]! - offsets[user]!,
  };
}

/**
 * What is known of an evaluated user when the target is predicted: everything before it, so the
 * history of the test includes the validation item. A view, not a copy.
 *
 * @throws RangeError for a user with fewer than 3 events
 */
export function history(split: LeaveOneOut, user: number, which: Target): Int32Array {
  const items = evaluatedSequence(split, user);
  return items.subarray(0, items.length - (which === 'test' ? 1 : 2));
}

/**
 * The item to be predicted for an evaluated user.
 *
 * @throws RangeError for a user with fewer than 3 events
 */
export function target(split: LeaveOneOut, user: number, which: Target): number {
  const items = evaluatedSequence(split, user);
  return items[items.length - (which === 'test' ? 1 : 2)]!;
}

function evaluatedSequence(split: LeaveOneOut, user: number): Int32Array {
  const items = sequenceOf(split.sequences, user);
  if (items.length < 3) throw new RangeError(`user ${user} has ${items.length} events and is not evaluated`);
  return items;
}
