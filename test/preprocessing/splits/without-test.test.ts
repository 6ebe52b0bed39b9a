import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRng } from '../../../lib/base/random';
import { leaveOneOut } from '../../../lib/preprocessing/leave-one-out';
import { toSequences } from '../../../lib/preprocessing/sequences';
import { kFoldByUser } from '../../../lib/preprocessing/splits/k-fold';
import { rollingTime } from '../../../lib/preprocessing/splits/rolling-time';
import { partRange } from '../../../lib/preprocessing/splits/split';
import { withSequences, type SplitSequences } from '../../../lib/preprocessing/splits/split-sequences';
import { withoutTest } from '../../../lib/preprocessing/splits/without-test';
import { toyLog } from '../toy-log';

/** Of each user, the items of each part but the test. */
const partsOf = (split: SplitSequences) =>
  split.sequences.userIds.map((_, user) =>
    (['training', 'fold-in', 'validation'] as const).map((part) => {
      const [start, end] = partRange(split, user, part);
      const times = split.sequences.timesMs!.subarray(start, end);
      return [...split.sequences.items.subarray(start, end)].map((item, at) => [item, times[at]]);
    }),
  );

describe('withoutTest', () => {
  it('takes the last event of each user out of leave-one-out', () => {
    const split = leaveOneOut(
      toSequences(
        toyLog([
          ['u1', 'a', 1],
          ['u1', 'b', 2],
          ['u1', 'c', 3],
          ['u2', 'c', 1],
          ['u2', 'd', 2],
          ['u2', 'a', 3],
          ['u2', 'b', 4],
          ['u3', 'a', 1],
        ]),
      ),
    );
    const { sequences, testEnds, validationEnds } = withoutTest(split);
    expect([...sequences.items]).toEqual([1, 2, 3, 4, 1, 1]);
    expect([...sequences.offsets]).toEqual([0, 2, 5, 6]);
    expect(testEnds).toEqual(validationEnds);
    expect(sequences.vocabulary).toBe(split.sequences.vocabulary);
  });

  it('keeps every event but the test, and nothing behind it, for any split', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 1, maxLength: 8 }), {
          minLength: 4,
          maxLength: 8,
        }),
        fc.integer(),
        (users, seed) => {
          const sequences = toSequences(
            toyLog(
              users.flatMap((times, user) => times.map((time, at) => [`u${user}`, `i${at}`, time] as const)),
            ),
          );
          const columns = [{ name: 'item', codes: sequences.items.map((item) => 10 * item), names: [''] }];
          const marked = { ...sequences, columns };
          const folds = [
            ...kFoldByUser(marked, {
              folds: 3,
              withValidation: true,
              foldInShare: 0.5,
              rng: createRng(seed),
            }),
          ];
          const last = Math.max(...users.flat());
          const first = Math.min(...users.flat());
          if (last > first)
            folds.push(
              ...rollingTime(marked, {
                folds: 1,
                testMs: (last - first + 1) / 2,
                trainingMs: 1 + (last - first) / 2,
              }),
            );
          for (const fold of folds) {
            const split = withSequences(fold, marked);
            const seen = withoutTest(split);
            expect(partsOf(seen)).toEqual(partsOf(split));
            const { offsets, items, timesMs, columns: own } = seen.sequences;
            expect(offsets.at(-1)).toBe(items.length);
            expect(timesMs).toHaveLength(items.length);
            expect([...own![0]!.codes]).toEqual(Array.from(items, (item) => 10 * item));
            for (const user of users.keys()) {
              expect(seen.validationEnds[user]).toBe(offsets[user + 1]);
              expect(seen.testEnds[user]).toBe(offsets[user + 1]);
            }
          }
        },
      ),
    );
  });

  it('takes the channels of a model along', () => {
    const split = leaveOneOut(
      toSequences(
        toyLog(['u1', 'u2'].flatMap((user) => [1, 2, 3].map((time) => [user, `i${time}`, time] as const))),
      ),
    );
    const side = {
      codes: { channels: {}, profile: {}, items: null },
      channels: { gap: Int32Array.of(1, 2, 3, 4, 5, 6) },
      profile: { age: Int32Array.of(7, 8) },
    };
    const seen = withoutTest({ ...split, sequences: { ...split.sequences, side } }).sequences.side!;
    expect([...seen.channels['gap']!]).toEqual([1, 2, 4, 5]);
    expect(seen.profile).toBe(side.profile);
  });
});
