import { createRng } from '../base/random';
import { InputError } from '../base/errors';
import { leaveOneOut } from '../preprocessing/leave-one-out';
import type { Sequences } from '../preprocessing/sequences';
import { expectNoLeak } from '../preprocessing/splits/leak-check';
import type { TimeCuts } from '../preprocessing/splits/split';
import { countSplit } from '../preprocessing/splits/split-counts';
import { withSequences, type SplitSequences } from '../preprocessing/splits/split-sequences';
import { findTimeCuts, type HeldOutShares } from '../preprocessing/splits/time-cuts';
import { splitByTime } from '../preprocessing/splits/time-split';
import { splitByUser, type UserSplitOptions } from '../preprocessing/splits/user-split';
import type { HeldOutEvents } from './held-out';

/** How a run parts events, and which held-out ones it predicts: plain data, kept in its record. */
export type SplitSettings =
  | { readonly method: 'leave-one-out' }
  | ({ readonly method: 'time'; readonly predict: HeldOutEvents } & (TimeCuts | HeldOutShares))
  | ({ readonly method: 'user'; readonly predict: HeldOutEvents } & Omit<UserSplitOptions, 'rng'> & {
        /** Which users are held out depends on it alone, not on the seed of a training. */
        readonly seed: number;
      });

/** Usual settings of each method: a tenth for validation, a tenth for the test, four fifths of a new user's events given. */
export const splitDefaults = Object.freeze({
  predict: 'all' as const,
  validationShare: 0.1,
  testShare: 0.1,
  foldInShare: 0.8,
  seed: 1,
});

/**
 * Part sequences as the settings say, and refuse a split that leaks.
 *
 * @throws InputError when the log has no times for a split by time, or nothing is left to learn from or to evaluate
 */
export function makeSplit(sequences: Sequences, settings: SplitSettings): SplitSequences {
  const split = splitOf(sequences, settings);
  expectNoLeak(sequences, split);
  return split;
}

function splitOf(sequences: Sequences, settings: SplitSettings): SplitSequences {
  switch (settings.method) {
    case 'leave-one-out':
      return leaveOneOut(sequences);
    case 'time': {
      if (sequences.timesMs === null) {
        throw new InputError(
          'the log has no times, so it cannot be split by time.',
          'Name its column of times, or split it by user or leave-one-out.',
        );
      }
      const cuts = 'testFromMs' in settings ? settings : findTimeCuts(sequences, settings);
      return withSequences(splitByTime(sequences, cuts), sequences);
    }
    case 'user': {
      const rng = createRng(settings.seed).child('split');
      return withSequences(splitByUser(sequences, { ...settings, rng }), sequences);
    }
  }
}

/** Which held-out events the settings predict. */
export const predictedEvents = (settings: SplitSettings): HeldOutEvents =>
  settings.method === 'leave-one-out' ? 'last' : settings.predict;

/** What a split holds, in numbers and in sentences on what a reader should know. */
export function describeSplit(split: SplitSequences): {
  readonly counts: Readonly<Record<string, number>>;
  readonly notes: readonly string[];
} {
  const { userIds, vocabulary, items } = split.sequences;
  const { events, users, evaluatedWithoutTraining, itemsOnlyHeldOut } = countSplit(split.sequences, split);
  const all = { users: userIds.length, items: vocabulary.itemIds.length - 1, events: items.length };
  const unseen =
    itemsOnlyHeldOut > 0
      ? [`${itemsOnlyHeldOut} items occur only in held-out events: candidates that no model was trained on.`]
      : [];
  if (split.method === 'leave-one-out') {
    const tooShort = userIds.length - users.test;
    return {
      counts: {
        ...all,
        usersEvaluated: users.test,
        usersTooShort: tooShort,
        itemsUnseenInTraining: itemsOnlyHeldOut,
      },
      notes: [
        ...(tooShort > 0 ? [`${tooShort} users have fewer than 3 events: trained on, not evaluated.`] : []),
        ...unseen,
      ],
    };
  }
  const { training, validation, test } = events;
  return {
    counts: {
      ...all,
      trainingEvents: training,
      validationEvents: validation,
      testEvents: test,
      usersEvaluated: users.test,
      evaluatedWithoutTraining,
      itemsUnseenInTraining: itemsOnlyHeldOut,
    },
    notes: [
      `Split by ${split.method}: ${training} events to learn from, ${validation} for validation, ${test} for the test, of ${users.test} users.`,
      ...(evaluatedWithoutTraining > 0
        ? [`${evaluatedWithoutTraining} users with held-out events have none in training.`]
        : []),
      ...unseen,
    ],
  };
}
