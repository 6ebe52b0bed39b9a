import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../../lib/base/errors';
import { createRng } from '../../../lib/base/random';
import { loadMovieLens100k, movieLens100kFolder } from '../../../lib/data/movielens';
import { leaveOneOut } from '../../../lib/preprocessing/leave-one-out';
import { toSequences } from '../../../lib/preprocessing/sequences';
import {
  partBits,
  partsOfRows,
  partsOfSplit,
  type EventParts,
} from '../../../lib/preprocessing/splits/event-parts';
import { checkFolds, expectNoLeakInFolds } from '../../../lib/preprocessing/splits/fold-check';
import { globalTimeline } from '../../../lib/preprocessing/splits/global-timeline';
import { kFoldByUser } from '../../../lib/preprocessing/splits/k-fold';
import { checkLeaks, expectNoLeak, type LeakFinding } from '../../../lib/preprocessing/splits/leak-check';
import { rollingTime } from '../../../lib/preprocessing/splits/rolling-time';
import { rowsOf, type SplitColumns } from '../../../lib/preprocessing/splits/split';
import { splitByTime } from '../../../lib/preprocessing/splits/time-split';
import { anyColumns, columnsOf } from '../any-columns';

const brief = (findings: readonly LeakFinding[]): [string, number, number][] =>
  findings.map(({ kind, count, first }) => [kind, count, first]);

describe('a leak check', () => {
  const columns = columnsOf([1, 2, 3], [2, 4]);
  //                         0  1  2    3  4
  const found = (parts: EventParts, of: SplitColumns = columns): [string, number, number][] =>
    brief(checkLeaks(of, parts).findings);

  it('finds nothing where nothing is wrong', () => {
    const clean = partsOfRows(columns, { training: [0, 1, 3], validation: [2], test: [4] });
    expect(found(clean)).toEqual([]);
    expect(expectNoLeak(columns, clean).findings).toEqual([]);
  });

  it('finds an event in two parts, and one in none', () => {
    expect(found(partsOfRows(columns, { training: [0, 1, 3], test: [1, 2], unused: [0] }))).toEqual([
      ['event-in-two-parts', 2, 0],
      ['event-in-no-part', 1, 4],
    ]);
  });

  it('finds training after a held-out event of the same user, as a random split of events has it', () => {
    expect(found(partsOfRows(columns, { training: [0, 2, 4], test: [1, 3] }))).toEqual([
      ['training-after-held-out', 2, 2],
    ]);
    expect(found(partsOfRows(columns, { training: [0, 2, 4], validation: [1, 3] }))).toEqual([
      ['training-after-held-out', 2, 2],
    ]);
  });

  it('finds fold-in events that were drawn at random rather than the oldest', () => {
    expect(found(partsOfRows(columns, { 'fold-in': [0, 2], test: [1], training: [3, 4] }))).toEqual([
      ['fold-in-after-held-out', 1, 2],
    ]);
  });

  it('finds validation behind the test', () => {
    expect(found(partsOfRows(columns, { training: [0, 3], test: [1], validation: [2, 4] }))).toEqual([
      ['validation-after-test', 1, 2],
    ]);
  });

  it('goes by position where there are no times, and by time where the two disagree', () => {
    const parts = partsOfRows(columns, { training: [0, 2, 3, 4], test: [1] });
    expect(found(parts, { ...columns, timesMs: null })).toEqual([['training-after-held-out', 1, 2]]);
    const disordered = { offsets: Int32Array.of(0, 2), timesMs: Float64Array.of(9, 1) };
    expect(found(partsOfRows(disordered, { training: [0], test: [1] }), disordered)).toEqual([
      ['training-after-held-out', 1, 0],
    ]);
  });

  it("finds the others' future in a split by time", () => {
    // User 1's event at 4 is later than user 0's test at 3: a leak by time, none within a user.
    const rows = { training: [0, 1, 3, 4], test: [2] };
    expect(found(partsOfRows(columns, rows))).toEqual([]);
    for (const method of ['time', 'rolling-time'] as const) {
      expect(found(partsOfRows(columns, rows, { method }))).toEqual([['training-after-cut', 1, 4]]);
    }
  });

  it('holds a split by time to the cuts that it names, and its validation to the test', () => {
    const cuts = { validationFromMs: 2, testFromMs: 3 };
    const about = { method: 'time', cuts } as const;
    // Both events at 2 are before everything held out, but not before the cut.
    expect(found(partsOfRows(columns, { training: [0, 1, 3], test: [2, 4] }, about))).toEqual([
      ['training-after-cut', 2, 1],
    ]);
    expect(found(partsOfRows(columns, { training: [0], validation: [1, 2, 3], test: [4] }, about))).toEqual([
      ['validation-after-cut', 1, 2],
    ]);
    const both = partsOfRows(
      columns,
      { training: [0], test: [1, 2], validation: [3, 4] },
      { method: 'time' },
    );
    expect(found(both)).toEqual([['validation-after-cut', 2, 3]]);
  });

  it('finds a user on both sides of a split by user', () => {
    const rows = { training: [0, 1, 3], test: [2, 4] };
    expect(found(partsOfRows(columns, rows, { method: 'user' }))).toEqual([['user-on-both-sides', 2, 0]]);
    expect(found(partsOfRows(columns, rows, { method: 'k-fold' }))).toEqual([['user-on-both-sides', 2, 0]]);
    const two = { 'fold-in': [0], validation: [1], test: [2], training: [3, 4] };
    expect(found(partsOfRows(columns, two, { method: 'user' }))).toEqual([['user-on-both-sides', 1, 0]]);
  });

  it('finds a scaler or a vocabulary that was fitted on other rows than those of training', () => {
    const split = splitByTime(columns, { validationFromMs: 3, testFromMs: 4 });
    const own = { name: 'the scaler', rows: rowsOf(split, 'training') };
    const all = { name: 'the vocabulary', rows: [0, 1, 2, 3, 4] };
    expect(checkLeaks(columns, split, [own]).findings).toEqual([]);
    expect(checkLeaks(columns, split, [own, all]).findings).toEqual([
      {
        kind: 'fitted-on-other-rows',
        count: 2,
        first: 2,
        message: 'rows that the vocabulary was fitted on are not of training',
      },
    ]);
    expect(brief(checkLeaks(columns, split, [{ name: 'x', rows: [77] }]).findings)).toEqual([
      ['fitted-on-other-rows', 1, 77],
    ]);
  });

  it('throws one sentence for what it found', () => {
    const parts = partsOfRows(columns, { training: [0, 2, 3, 4], test: [1] });
    expect(() => expectNoLeak(columns, parts)).toThrow(InputError);
    expect(() => expectNoLeak(columns, parts)).toThrow(
      'the split leaks: training events come after a held-out event of the same user (training-after-held-out: 1, the first is 2).',
    );
  });

  it('sees ranges of a split that overlap', () => {
    const split = splitByTime(columns, { validationFromMs: 3, testFromMs: 4 });
    const wrong = { ...split, trainEnds: split.trainEnds.map((end) => end + 1) };
    expect(found(partsOfSplit(wrong)).map(([kind]) => kind)).toContain('event-in-two-parts');
    expect(() => expectNoLeak(columns, wrong)).toThrow(/events are in two parts/);
  });

  it('refuses a split of other events, rows that are none, and a split by time without times', () => {
    const parts = partsOfRows(columns, { training: [0] });
    expect(() => checkLeaks(columnsOf([1]), parts)).toThrow('a split of 5 events for 1 events');
    expect(() => partsOfRows(columns, { test: [5] })).toThrow('test row 5 is none of 5 events');
    expect(() => checkLeaks({ ...columns, timesMs: null }, { ...parts, method: 'time' })).toThrow(RangeError);
  });

  it('finds every event of training that was put behind a held-out one, in any log', () => {
    fc.assert(
      fc.property(anyColumns, fc.infiniteStream(fc.nat(3)), (any, draws) => {
        const names = ['training', 'fold-in', 'validation', 'test'] as const;
        const bits = Uint8Array.from(any.items, () => partBits[names[draws.next().value as number]!]);
        const report = checkLeaks(any, { method: null, bits, cuts: null });
        const isHeldOut = (event: number): boolean => bits[event]! >= partBits.validation;
        let late = 0;
        for (let user = 0; user < any.userIds.length; user++) {
          for (let event = any.offsets[user]!; event < any.offsets[user + 1]!; event++) {
            const before = Array.from(
              { length: event - any.offsets[user]! },
              (_, place) => any.offsets[user]! + place,
            );
            if (bits[event] === partBits.training && before.some(isHeldOut)) late += 1;
          }
        }
        const finding = report.findings.find(({ kind }) => kind === 'training-after-held-out');
        expect(finding?.count ?? 0).toBe(late);
      }),
    );
  });
});

describe('a check of folds', () => {
  const columns = columnsOf([1, 2], [1, 2], [1, 2], []);
  const folds = kFoldByUser(columns, { folds: 4, foldInShare: 0, rng: createRng(1) });

  it('finds nothing in folds by user, nor in rolling ones', () => {
    expect(checkFolds(columns, folds)).toEqual([]);
    const line = columnsOf([0, 1, 2, 3, 4, 5]);
    expect(checkFolds(line, rollingTime(line, { folds: 2, testMs: 2 }))).toEqual([]);
  });

  it('finds a user in two folds, and one in none', () => {
    const tested = folds.filter((fold) => rowsOf(fold, 'test').length > 0);
    const wrong = [tested[0]!, tested[0]!, tested[1]!];
    expect(checkFolds(columns, wrong).map(({ kind, count }) => [kind, count])).toEqual([
      ['tested-twice', 1],
      ['never-tested', 1],
    ]);
    expect(() => expectNoLeakInFolds(columns, wrong)).toThrow(/users are tested in two folds/);
  });

  it('finds an event that two rolling folds test', () => {
    const line = columnsOf([0, 1, 2, 3, 4, 5]);
    const [first] = rollingTime(line, { folds: 2, testMs: 2 });
    expect(brief(checkFolds(line, [first!, first!]))).toEqual([['tested-twice', 2, 2]]);
  });

  it('names the fold of a leak inside', () => {
    const bad = partsOfRows(columns, { test: [0], training: [1, 2, 3, 4, 5] }, { method: 'k-fold' });
    expect(checkFolds(columns, [...folds, bad])[0]!.message).toMatch(/^fold 4: training events/);
    expect(() => checkFolds(columns, [])).toThrow(RangeError);
  });
});

describe("the others' future in training", () => {
  it('is reported of leave-one-out, which does not fail for it', () => {
    // Tests at 3 and 30. User 1 trains on 10: later than the test at 3, not than that at 30. User 0 trains on 1.
    const columns = columnsOf([1, 2, 3], [10, 20, 30]);
    const report = expectNoLeak(columns, leaveOneOut(columns));
    // Test at 3: all of user 1's training is later; test at 30: none of user 0's.
    expect(report.globalTimeline).toEqual({ meanFutureShare: 0.5, laterThanSomeTest: 0.5 });
  });

  it('is 0 in a split by time, and not known without times', () => {
    const columns = columnsOf([1, 2, 3], [1, 2, 4]);
    const split = splitByTime(columns, { validationFromMs: 3, testFromMs: 3 });
    expect(checkLeaks(columns, split).globalTimeline).toEqual({ meanFutureShare: 0, laterThanSomeTest: 0 });
    const without = { ...columns, timesMs: null };
    expect(checkLeaks(without, leaveOneOut(without)).globalTimeline).toBeNull();
  });

  /*
   * NumPy 2.4.6, times of each user sorted, stable: train = all but the last two, test = the last; then
   *   mean over tests of (train of others > test).mean(); mean over train of (train > min(test of others))
   */
  it.skipIf(!existsSync(join(movieLens100kFolder(), 'ml-100k.inter')))(
    'is large in leave-one-out of MovieLens-100K (needs the cache folder)',
    async () => {
      const sequences = toSequences(await loadMovieLens100k());
      const { meanFutureShare, laterThanSomeTest } = expectNoLeak(
        sequences,
        leaveOneOut(sequences),
      ).globalTimeline!;
      expect(meanFutureShare).toBeCloseTo(0.4129100665262374, 12);
      expect(laterThanSomeTest).toBeCloseTo(0.991132763927676, 12);
    },
  );

  it('is what plain loops count', () => {
    fc.assert(
      fc.property(anyColumns, fc.infiniteStream(fc.boolean()), (columns, draws) => {
        const bits = Uint8Array.from(columns.items, () =>
          draws.next().value ? partBits.training : partBits.test,
        );
        const userOf = (event: number): number => columns.offsets.findLastIndex((offset) => offset <= event);
        const events = [...bits.keys()];
        const [training, tests] = [partBits.training, partBits.test].map((bit) =>
          events.filter((event) => bits[event] === bit),
        ) as [number[], number[]];
        const isLater = (a: number, b: number): boolean =>
          userOf(a) !== userOf(b) && columns.timesMs[a]! > columns.timesMs[b]!;
        const shares = tests.map((test) => {
          const others = training.filter((event) => userOf(event) !== userOf(test));
          return others.length === 0
            ? 0
            : others.filter((event) => isLater(event, test)).length / others.length;
        });
        const later = training.filter((event) => tests.some((test) => isLater(event, test)));
        const measured = globalTimeline(columns, { method: null, bits, cuts: null });
        expect(measured.meanFutureShare).toBeCloseTo(
          tests.length === 0 ? 0 : shares.reduce((sum, share) => sum + share, 0) / tests.length,
          12,
        );
        expect(measured.laterThanSomeTest).toBeCloseTo(
          training.length === 0 ? 0 : later.length / training.length,
          12,
        );
      }),
    );
  });
});
