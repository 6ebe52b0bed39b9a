import { describe, expect, it } from 'vitest';
import { createRng } from '../../../lib/base/random';
import { toSequences } from '../../../lib/preprocessing/sequences';
import { innerFolds } from '../../../lib/preprocessing/splits/inner-folds';
import { kFoldByUser } from '../../../lib/preprocessing/splits/k-fold';
import { expectNoLeak } from '../../../lib/preprocessing/splits/leak-check';
import { rowsOf } from '../../../lib/preprocessing/splits/split';
import { withSequences } from '../../../lib/preprocessing/splits/split-sequences';
import { withoutTest } from '../../../lib/preprocessing/splits/without-test';
import { toyLog } from '../toy-log';

const sequences = toSequences(
  toyLog(
    Array.from({ length: 12 }, (_, user) =>
      Array.from({ length: 4 + (user % 3) }, (_, at) => [`u${user}`, `i${at}`, at] as const),
    ).flat(),
  ),
);
const [outer] = kFoldByUser(sequences, { folds: 4, foldInShare: 0.5, rng: createRng(1) });
const seen = withoutTest(withSequences(outer!, sequences));
const inner = innerFolds(seen, { folds: 3, foldInShare: 0.5, rng: createRng(2) });
const usersOf = (rows: Int32Array) =>
  new Set(Array.from(rows, (row) => seen.offsets.findLastIndex((offset) => offset <= row)));

describe('inner folds', () => {
  it('test each user of the outer training once, and nobody else', () => {
    const outerUsers = usersOf(rowsOf(seen, 'training'));
    const tested = inner.flatMap((fold) => [...usersOf(rowsOf(fold, 'test'))]);
    expect(outerUsers.size).toBe(9);
    expect(new Set(tested)).toEqual(outerUsers);
    expect(tested).toHaveLength(9);
  });

  it('have the users of the outer test in no part at all', () => {
    const known = usersOf(rowsOf(seen, 'training'));
    for (const fold of inner) {
      expectNoLeak(seen.sequences, fold);
      for (const part of ['training', 'fold-in', 'validation', 'test'] as const)
        for (const user of usersOf(rowsOf(fold, part))) expect(known).toContain(user);
    }
  });

  it('give of a tested user the first half, and learn from all others whole', () => {
    for (const fold of inner) {
      const tested = usersOf(rowsOf(fold, 'test'));
      const counts = ['training', 'fold-in', 'test'].map(
        (part) => rowsOf(fold, part as 'training' | 'fold-in' | 'test').length,
      );
      const half = [...tested].map((user) => Math.floor((4 + (user % 3)) / 2));
      expect(counts[1]).toBe(half.reduce((sum, one) => sum + one, 0));
      expect(counts.reduce((sum, one) => sum + one, 0)).toBe(rowsOf(seen, 'training').length);
    }
  });
});
