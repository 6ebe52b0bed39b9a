import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../../lib/base/errors';
import { createRng, type Rng } from '../../../lib/base/random';
import { leaveOneOut } from '../../../lib/preprocessing/leave-one-out';
import { checkFolds } from '../../../lib/preprocessing/splits/fold-check';
import { kFoldByUser } from '../../../lib/preprocessing/splits/k-fold';
import { checkLeaks } from '../../../lib/preprocessing/splits/leak-check';
import { rollingTime } from '../../../lib/preprocessing/splits/rolling-time';
import { countSplit } from '../../../lib/preprocessing/splits/split-counts';
import { partRange, rowsOf, splitParts, type Split } from '../../../lib/preprocessing/splits/split';
import { findTimeCuts } from '../../../lib/preprocessing/splits/time-cuts';
import { splitByTime } from '../../../lib/preprocessing/splits/time-split';
import { splitByUser } from '../../../lib/preprocessing/splits/user-split';
import { anyColumns, columnsOf, type TimedColumns } from '../any-columns';

const inParts = ['training', 'fold-in', 'validation', 'test'] as const;
const rows = (split: Split): number[][] => inParts.map((part) => [...rowsOf(split, part)]);

/** A source whose shuffle changes nothing, so that users stay in order. */
const inOrder: Rng = { ...createRng(0), shuffle: (array) => array };

/** What may be refused for a log that is too small; anything else is a fault. */
function orNone<T>(make: () => T): T | null {
  try {
    return make();
  } catch (error) {
    if (error instanceof InputError) return null;
    throw error;
  }
}

/** Every way to split, of any columns; those that a small log does not allow are left out. */
function allSplits(columns: TimedColumns, seed: number): Split[] {
  const rng = createRng(seed);
  const users = columns.userIds.length;
  return [
    orNone(() => leaveOneOut(columns)),
    orNone(() => splitByTime(columns, findTimeCuts(columns, { validationShare: 0.2, testShare: 0.2 }))),
    orNone(() => splitByUser(columns, { validationShare: 0.25, testShare: 0.5, foldInShare: 0.5, rng })),
    ...kFoldByUser(columns, { folds: users, withValidation: users > 2, foldInShare: 0.8, rng }),
    ...(orNone(() =>
      rollingTime(columns, { folds: 2, testMs: 600_000, validationMs: 60_000, gapMs: 120_000 }),
    ) ?? []),
    ...(orNone(() => rollingTime(columns, { folds: 1, testMs: 600_000, trainingMs: 600_000 })) ?? []),
  ].filter((split) => split !== null);
}

describe('every split', () => {
  it('parts the events: each is in one part, no leak, and the counts say so', () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(anyColumns, fc.integer(), (columns, seed) => {
        for (const split of allSplits(columns, seed)) {
          seen.add(split.method);
          const used = rows(split).flat();
          expect(new Set(used).size).toBe(used.length);
          const { events, users } = countSplit(columns, split);
          expect(used.length + events.unused).toBe(columns.items.length);
          for (const part of inParts) {
            expect(events[part]).toBe(rowsOf(split, part).length);
            const own = columns.userIds.filter((_, user) => {
              const [start, end] = partRange(split, user, part);
              return end > start;
            });
            expect(users[part]).toBe(own.length);
          }
          expect(checkLeaks(columns, split).findings).toEqual([]);
        }
      }),
    );
    expect([...seen].sort()).toEqual(['k-fold', 'leave-one-out', 'rolling-time', 'time', 'user']);
  });

  it('keeps its bounds in order, and views rather than copies of what it is given', () => {
    fc.assert(
      fc.property(anyColumns, fc.integer(), (columns, seed) => {
        for (const split of allSplits(columns, seed)) {
          expect(split.offsets).toBe(columns.offsets);
          for (let user = 0; user < columns.userIds.length; user++) {
            const bounds = [
              split.offsets[user],
              split.trainStarts[user],
              split.trainEnds[user],
              split.foldInEnds[user],
              split.validationEnds[user],
              split.testEnds[user],
              split.offsets[user + 1],
            ];
            expect(bounds).toEqual(bounds.toSorted((a, b) => a! - b!));
          }
        }
      }),
    );
  });
});

describe('splitByTime', () => {
  const columns = columnsOf([10, 20, 30, 40], [5, 30], [40], [1]);
  //              positions  0   1   2   3    4   5    6    7

  it('cuts everybody at the same moments; an event at a cut is behind it', () => {
    const split = splitByTime(columns, { validationFromMs: 20, testFromMs: 40 });
    expect(rows(split)).toEqual([[0, 4, 7], [], [1, 2, 5], [3, 6]]);
  });

  it('has no validation with equal cuts, and no test behind the end', () => {
    expect(rows(splitByTime(columns, { validationFromMs: 30, testFromMs: 30 }))[2]).toEqual([]);
    expect(rows(splitByTime(columns, { validationFromMs: 30, testFromMs: Infinity }))[3]).toEqual([]);
  });

  it('keeps all of training before all that is held out, whoever did it', () => {
    fc.assert(
      fc.property(anyColumns, fc.double({ min: 0.05, max: 0.45, noNaN: true }), (any, share) => {
        const cuts = findTimeCuts(any, { validationShare: share, testShare: share });
        const split = orNone(() => splitByTime(any, cuts));
        fc.pre(split !== null);
        const times = rows(split).map((part) => part.map((row) => any.timesMs[row]!));
        const [training, , validation, test] = times;
        expect(Math.max(...training!)).toBeLessThan(Math.min(...validation!, ...test!));
        expect(Math.max(...validation!)).toBeLessThan(Math.min(...test!));
        const least = Math.max(1, Math.floor(share * any.items.length + 1e-9));
        expect(test!.length).toBeGreaterThanOrEqual(least);
      }),
    );
  });

  it('refuses cuts in the wrong order, times that are none, and a side without events', () => {
    expect(() => splitByTime(columns, { validationFromMs: 2, testFromMs: 1 })).toThrow(RangeError);
    expect(() => splitByTime(columns, { validationFromMs: NaN, testFromMs: 1 })).toThrow(RangeError);
    expect(() => splitByTime({ ...columns, timesMs: null }, { validationFromMs: 1, testFromMs: 1 })).toThrow(
      'splitByTime: the sequences have no times',
    );
    expect(() => splitByTime(columns, { validationFromMs: 1, testFromMs: 9 })).toThrow(
      /nothing to learn from/,
    );
    expect(() => splitByTime(columns, { validationFromMs: 41, testFromMs: 41 })).toThrow(
      /nothing to evaluate/,
    );
  });
});

describe('findTimeCuts', () => {
  const ten = columnsOf([0, 2, 4, 6, 8], [1, 3, 5, 7, 9]);

  it('holds out the last events of all users together', () => {
    expect(findTimeCuts(ten, { validationShare: 0.2, testShare: 0.3 })).toEqual({
      validationFromMs: 5,
      testFromMs: 7,
    });
    // .1 + .7 is a little less than .8 in floating point, and .1 + .2 a little more than .3: still eight and three events.
    expect(findTimeCuts(ten, { validationShare: 0.1, testShare: 0.7 }).validationFromMs).toBe(2);
    expect(findTimeCuts(ten, { validationShare: 0.1, testShare: 0.2 }).validationFromMs).toBe(7);
  });

  it('keeps events of the same time together, in the later part', () => {
    const cuts = findTimeCuts(columnsOf([1, 2, 3, 3, 3, 3]), { validationShare: 0, testShare: 0.2 });
    expect(cuts).toEqual({ validationFromMs: 3, testFromMs: 3 });
  });

  it('holds out one event at least', () => {
    expect(findTimeCuts(ten, { validationShare: 0, testShare: 0.01 }).testFromMs).toBe(9);
  });

  it('refuses shares that leave nothing', () => {
    for (const [validationShare, testShare] of [
      [0.5, 0.5],
      [-0.1, 0.5],
      [0.1, 0],
    ] as const) {
      expect(() => findTimeCuts(ten, { validationShare, testShare })).toThrow(RangeError);
    }
    expect(() => findTimeCuts(columnsOf([]), { validationShare: 0, testShare: 0.1 })).toThrow('no events');
  });
});

describe('splitByUser', () => {
  const columns = columnsOf([1, 2, 3, 4, 5], [1, 2, 3], [1], [1, 2, 3, 4]);

  it('holds out whole users, whose first events are given to the model', () => {
    const split = splitByUser(columns, {
      validationShare: 0.25,
      testShare: 0.5,
      foldInShare: 0.8,
      rng: inOrder,
    });
    // User 0 validates: 4 of 5 given. Users 1 and 2 are tested: 2 of 3 given, 0 of 1. User 3 trains.
    expect(rows(split)).toEqual([[9, 10, 11, 12], [0, 1, 2, 3, 5, 6], [4], [7, 8]]);
  });

  it('leaves one event to predict even if all may be given, and none is given with a share of 0', () => {
    const test = (foldInShare: number): number[][] =>
      rows(splitByUser(columns, { validationShare: 0, testShare: 0.5, foldInShare, rng: inOrder }));
    expect(test(1)[3]).toEqual([4, 7]);
    expect(test(0)[1]).toEqual([]);
    expect(test(0)[3]).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  it('draws the users, all alike likely, by the source alone', () => {
    const counts = [0, 0, 0, 0];
    const tested = (seed: number): number =>
      splitByUser(columns, {
        validationShare: 0,
        testShare: 0.25,
        foldInShare: 0,
        rng: createRng(seed),
      }).trainEnds.findIndex((end, user) => end === columns.offsets[user]);
    for (let seed = 0; seed < 2000; seed++) counts[tested(seed)]! += 1;
    // Four standard deviations around 500.
    for (const count of counts) expect(Math.abs(count - 500)).toBeLessThan(78);
    expect(tested(7)).toBe(tested(7));
  });

  it('refuses shares without a user on one side', () => {
    const options = { foldInShare: 0.5, rng: inOrder };
    expect(() => splitByUser(columns, { ...options, validationShare: 0.5, testShare: 0.5 })).toThrow(
      RangeError,
    );
    expect(() => splitByUser(columns, { ...options, validationShare: 0, testShare: 0.2 })).toThrow(
      InputError,
    );
    expect(() => splitByUser(columns, { ...options, validationShare: 0, testShare: 1.2 })).toThrow(
      RangeError,
    );
    expect(() =>
      splitByUser(columns, { ...options, validationShare: 0, testShare: 0.5, foldInShare: 2 }),
    ).toThrow(RangeError);
  });
});

describe('kFoldByUser', () => {
  const ten = columnsOf(...Array.from({ length: 10 }, () => [1]));

  it('deals users as scikit-learn does', () => {
    // scikit-learn 1.9.1: [list(test) for _, test in KFold(4).split(range(10))]; GroupKFold tests the same number of users.
    const folds = kFoldByUser(ten, { folds: 4, foldInShare: 0, rng: inOrder });
    expect(folds.map((fold) => [...rowsOf(fold, 'test')])).toEqual([
      [0, 1, 2],
      [3, 4, 5],
      [6, 7],
      [8, 9],
    ]);
    expect(folds.map((fold) => rowsOf(fold, 'training').length)).toEqual([7, 7, 8, 8]);
  });

  it('validates on the next fold if asked to', () => {
    const folds = kFoldByUser(ten, { folds: 4, withValidation: true, foldInShare: 0, rng: inOrder });
    expect(folds.map((fold) => [...rowsOf(fold, 'validation')])).toEqual([
      [3, 4, 5],
      [6, 7],
      [8, 9],
      [0, 1, 2],
    ]);
  });

  it('tests every user once', () => {
    fc.assert(
      fc.property(anyColumns, fc.integer(), fc.nat(10), (columns, seed, more) => {
        const folds = 2 + (more % (columns.userIds.length - 1));
        const splits = kFoldByUser(columns, { folds, foldInShare: 0.5, rng: createRng(seed) });
        expect(checkFolds(columns, splits)).toEqual([]);
      }),
    );
  });

  it('refuses more folds than users, one fold, and two with validation', () => {
    const options = { foldInShare: 0, rng: inOrder };
    for (const folds of [1, 11, 2.5])
      expect(() => kFoldByUser(ten, { ...options, folds })).toThrow(RangeError);
    expect(() => kFoldByUser(ten, { ...options, folds: 2, withValidation: true })).toThrow('3 to 10');
  });
});

describe('rollingTime', () => {
  // One event a millisecond, so that windows of time are windows of events.
  const twelve = columnsOf(Array.from({ length: 12 }, (_, time) => time));
  const range = (start: number, end: number): number[] =>
    Array.from({ length: end - start }, (_, place) => start + place);

  /*
   * scikit-learn 1.9.1: [(list(a), list(b)) for a, b in TimeSeriesSplit(n_splits=3, test_size=2, ...).split(np.arange(12))]
   * with nothing more, gap=1, and gap=1, max_train_size=3.
   */
  it.each([
    [
      {},
      [
        [0, 6],
        [0, 8],
        [0, 10],
      ],
    ],
    [
      { gapMs: 1 },
      [
        [0, 5],
        [0, 7],
        [0, 9],
      ],
    ],
    [
      { gapMs: 1, trainingMs: 3 },
      [
        [2, 5],
        [4, 7],
        [6, 9],
      ],
    ],
  ] as const)('is TimeSeriesSplit of scikit-learn, %j', (more, training) => {
    const splits = rollingTime(twelve, { folds: 3, testMs: 2, ...more });
    expect(splits.map((split) => [...rowsOf(split, 'training')])).toEqual(
      training.map(([start, end]) => range(start, end)),
    );
    expect(splits.map((split) => [...rowsOf(split, 'test')])).toEqual([
      [6, 7],
      [8, 9],
      [10, 11],
    ]);
  });

  it('puts validation right before the test, and the gap before that', () => {
    const [split] = rollingTime(twelve, { folds: 1, testMs: 2, validationMs: 3, gapMs: 2, trainingMs: 4 });
    expect(rows(split!)).toEqual([range(1, 5), [5, 6], [7, 8, 9], [10, 11]]);
    expect(countSplit(twelve, split!).events.unused).toBe(1);
    expect(split!.cuts).toEqual({ validationFromMs: 7, testFromMs: 10 });
  });

  it('leaks in no fold and tests nothing twice', () => {
    fc.assert(
      fc.property(anyColumns, fc.integer({ min: 1, max: 4 }), (columns, folds) => {
        const splits = orNone(() => rollingTime(columns, { folds, testMs: 400_000, gapMs: 60_000 }));
        fc.pre(splits !== null);
        expect(checkFolds(columns, splits)).toEqual([]);
      }),
    );
  });

  it('refuses folds without events, and options out of range', () => {
    expect(() => rollingTime(twelve, { folds: 6, testMs: 2 })).toThrow(
      'fold 0 of the rolling evaluation has no event to learn from',
    );
    expect(() => rollingTime(columnsOf([0, 1, 9]), { folds: 4, testMs: 2 })).toThrow('no event to test');
    for (const wrong of [
      { folds: 0 },
      { testMs: 0 },
      { gapMs: -1 },
      { trainingMs: 0 },
      { validationMs: NaN },
    ]) {
      expect(() => rollingTime(twelve, { folds: 1, testMs: 2, ...wrong })).toThrow(RangeError);
    }
    expect(() => rollingTime(columnsOf([]), { folds: 1, testMs: 2 })).toThrow('there are no events');
  });
});

describe('leaveOneOut as a split like the others', () => {
  it('has the last event as test and the one before as validation; short users train whole', () => {
    const split = leaveOneOut(columnsOf([1, 2, 3, 4], [1, 2], [], [1, 2, 3]));
    expect(rows(split)).toEqual([[0, 1, 4, 5, 6], [], [2, 7], [3, 8]]);
    expect([split.trainLength(0), split.trainLength(1), split.trainLength(2)]).toEqual([2, 2, 0]);
  });
});

describe('countSplit', () => {
  it('counts events, users, newcomers and items that training never saw', () => {
    const at = (timeMs: number, item: number): { timeMs: number; item: number } => ({ timeMs, item });
    const columns = columnsOf([at(1, 1), at(2, 2), at(9, 3)], [at(8, 4), at(9, 4), at(10, 1)], [at(3, 2)]);
    const split = splitByTime(columns, { validationFromMs: 8, testFromMs: 9 });
    expect(countSplit(columns, split)).toEqual({
      events: { training: 3, 'fold-in': 0, validation: 1, test: 3, unused: 0 },
      users: { training: 2, 'fold-in': 0, validation: 1, test: 2, unused: 0 },
      evaluatedWithoutTraining: 1,
      evaluatedWithoutHistory: 1,
      itemsOnlyHeldOut: 2,
      eventsOfItemsOnlyHeldOut: 3,
    });
    expect(splitParts.length).toBe(5);
  });

  it('tells users without training from those of whom nothing is known', () => {
    const columns = columnsOf([1, 2], [1, 2], [1]);
    const options = { validationShare: 0, testShare: 0.7, rng: inOrder };
    const counts = (foldInShare: number) =>
      countSplit(columns, splitByUser(columns, { ...options, foldInShare }));
    expect(counts(0.5)).toMatchObject({ evaluatedWithoutTraining: 2, evaluatedWithoutHistory: 0 });
    expect(counts(0)).toMatchObject({ evaluatedWithoutTraining: 2, evaluatedWithoutHistory: 2 });
  });
});
