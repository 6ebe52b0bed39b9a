import { describe, expect, it } from 'vitest';
import { InputError } from '../../lib/base/errors';
import {
  describeSplit,
  makeSplit,
  predictedEvents,
  splitDefaults,
  type SplitSettings,
} from '../../lib/experiments/split-settings';
import { toSequences } from '../../lib/preprocessing/sequences';
import { partRange } from '../../lib/preprocessing/splits/split';
import { readSplitOptions } from '../../scripts/split-options';
import { toyLog } from '../preprocessing/toy-log';

/** Ten users with ten events each, one an hour, all different items; user u begins at hour u. */
const sequences = toSequences(
  toyLog(
    Array.from({ length: 10 }, (_, user) =>
      Array.from({ length: 10 }, (_, at) => [`u${user}`, `i${user}-${at}`, (user + at) * 3_600_000] as const),
    ).flat(),
  ),
);
const sizes = (settings: SplitSettings): number[] => {
  const split = makeSplit(sequences, settings);
  return (['training', 'fold-in', 'validation', 'test'] as const).map((part) =>
    sequences.userIds.reduce((sum, _, user) => {
      const [start, end] = partRange(split, user, part);
      return sum + end - start;
    }, 0),
  );
};

describe('the split of a run', () => {
  it('is leave-one-out, by time or by user, as the settings say', () => {
    expect(sizes({ method: 'leave-one-out' })).toEqual([80, 0, 10, 10]);
    // Hours 0 to 18 have 1, 2, ..., 10, ..., 2, 1 events: from hour 16 on there are 6, from hour 14 on 15.
    const hours = { validationFromMs: 14 * 3_600_000, testFromMs: 16 * 3_600_000 };
    expect(sizes({ method: 'time', predict: 'all', ...hours })).toEqual([85, 0, 9, 6]);
    const shares = { validationShare: 0.1, testShare: 0.06 };
    expect(sizes({ method: 'time', predict: 'all', ...shares })[3]).toBe(6);
    const byUser = { method: 'user', ...splitDefaults, testShare: 0.2 } as const;
    expect(sizes(byUser)).toEqual([70, 24, 2, 4]);
    const held = (seed: number) => [...makeSplit(sequences, { ...byUser, seed }).trainEnds];
    expect(held(1)).toEqual(held(1));
    expect([2, 3, 4].map(held)).not.toEqual([1, 1, 1].map(held));
  });

  it('says in numbers what it holds', () => {
    const split = makeSplit(sequences, { method: 'user', ...splitDefaults });
    const { counts, notes } = describeSplit(split);
    expect(counts).toEqual({
      users: 10,
      items: 100,
      events: 100,
      trainingEvents: 80,
      validationEvents: 2,
      testEvents: 2,
      usersEvaluated: 1,
      evaluatedWithoutTraining: 2,
      itemsUnseenInTraining: 4,
    });
    expect(notes).toEqual([
      'Split by user: 80 events to learn from, 2 for validation, 2 for the test, of 1 users.',
      '2 users with held-out events have none in training.',
      '4 items occur only in held-out events: candidates that no model was trained on.',
    ]);
    const short = toSequences(
      toyLog([...['a', 'b', 'c'].map((item) => ['u', item, null] as const), ['v', 'a', null]]),
    );
    expect(describeSplit(makeSplit(short, { method: 'leave-one-out' })).notes).toEqual([
      '1 users have fewer than 3 events: trained on, not evaluated.',
      '2 items occur only in held-out events: candidates that no model was trained on.',
    ]);
  });

  it('needs times to be by time', () => {
    const untimed = toSequences(toyLog(['a', 'b', 'c'].map((item) => ['u', item, null] as const)));
    expect(() => makeSplit(untimed, { method: 'time', ...splitDefaults })).toThrow(InputError);
    expect(() => makeSplit(untimed, { method: 'time', ...splitDefaults })).toThrow('has no times');
  });
});

describe('the options of a split', () => {
  it('become settings', () => {
    expect(readSplitOptions({})).toBeUndefined();
    expect(readSplitOptions({ split: 'leave-one-out' })).toBeUndefined();
    expect(readSplitOptions({ split: 'time', 'test-share': '.2' })).toEqual({
      method: 'time',
      predict: 'all',
      validationShare: 0.1,
      testShare: 0.2,
    });
    const moments = { 'validation-from': '2024-03-01', 'test-from': '2024-03-02T00:00:00+08:00' };
    const byMoments = readSplitOptions({ split: 'time', predict: 'first', ...moments })!;
    expect(byMoments).toEqual({
      method: 'time',
      predict: 'first',
      validationFromMs: Date.UTC(2024, 2, 1),
      testFromMs: Date.UTC(2024, 2, 1, 16),
    });
    expect(predictedEvents(byMoments)).toBe('first');
    expect(readSplitOptions({ split: 'user', 'fold-in': '.5', 'split-seed': '7' })).toEqual({
      method: 'user',
      predict: 'all',
      validationShare: 0.1,
      testShare: 0.1,
      foldInShare: 0.5,
      seed: 7,
    });
  });

  it.each([
    [{ split: 'month' }, '--split is'],
    [{ predict: 'all' }, '--predict means nothing for the split leave-one-out'],
    [{ split: 'time', 'fold-in': '.5' }, 'It goes with --split user'],
    [{ split: 'time', 'test-from': '2024-03-01' }, 'one of --validation-from and --test-from is missing'],
    [
      { split: 'time', 'validation-from': '2024-03-02', 'test-from': '2024-03-01' },
      'is not before --test-from',
    ],
    [{ split: 'time', 'validation-from': 'May', 'test-from': '2024-03-01' }, "--validation-from is 'May'"],
    [
      { split: 'time', 'validation-from': '2024-03-01', 'test-from': '2024-03-02', 'test-share': '.1' },
      'by shares and by moments',
    ],
    [{ split: 'user', 'validation-share': '.5', 'test-share': '.5' }, 'leave nothing for one of the parts'],
    [{ split: 'user', 'validation-share': '0' }, 'leave nothing for one of the parts'],
  ])('are refused where they make no sense: %j', (values, message) => {
    expect(() => readSplitOptions(values)).toThrow(message);
  });
});
