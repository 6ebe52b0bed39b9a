import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../lib/base/errors';
import { sequenceOf, toSequences } from '../../lib/preprocessing/sequences';
import { buildVocabulary } from '../../lib/preprocessing/vocabulary';
import { anyLog } from './any-log';
import { toyLog } from './toy-log';

describe('toSequences', () => {
  const log = toyLog([
    ['v', '20', 3],
    ['u', '10', 7],
    ['v', '10', 1],
    ['v', null, 2, { behavior: 'search', query: 'lamp' }],
    ['u', '30', null],
    ['w', '30', 5, { behavior: 'purchase' }],
  ]);

  it('makes one sequence a user, in time order, and counts what is left out', () => {
    const sequences = toSequences(log);
    expect(sequences.userIds).toEqual(['v', 'u', 'w']);
    expect([...sequences.offsets]).toEqual([0, 2, 3, 4]);
    expect([...sequenceOf(sequences, 0)]).toEqual([1, 2]);
    expect([...sequences.items]).toEqual([1, 2, 1, 3]);
    expect([...sequences.timesMs!]).toEqual([1, 3, 7, 5]);
    expect(sequences.skipped).toEqual([
      { reason: 'no item', rows: 1 },
      { reason: 'no time', rows: 1 },
    ]);
    expect(sequences.outOfOrder).toBe(1);
    expect(sequences.usersLeftOut).toEqual([]);
  });

  it('keeps to the behaviours asked for, and names users of whom nothing is left', () => {
    const sequences = toSequences(log, { behaviors: ['purchase'] });
    expect(sequences.userIds).toEqual(['w']);
    expect(sequences.vocabulary.itemIds).toEqual(['', '30']);
    expect(sequences.skipped).toEqual([{ reason: 'behaviour not asked for', rows: 5 }]);
    expect(sequences.usersLeftOut).toEqual(['v', 'u']);
  });

  it('counts items that a given vocabulary does not know', () => {
    const sequences = toSequences(log, { vocabulary: buildVocabulary(['10', '99']) });
    expect([...sequences.items]).toEqual([1, 1]);
    expect(sequences.skipped).toEqual([
      { reason: 'unknown item', rows: 3 },
      { reason: 'no item', rows: 1 },
    ]);
    expect(sequences.usersLeftOut).toEqual(['w']);
  });

  it('keeps the order of the rows in a log without times', () => {
    const sequences = toSequences(
      toyLog([
        ['u', 'b', null],
        ['u', 'a', null],
      ]),
    );
    expect([...sequences.items]).toEqual([2, 1]);
    expect(sequences.timesMs).toBeNull();
  });

  it('gives views, not copies', () => {
    const sequences = toSequences(log);
    expect(sequenceOf(sequences, 1).buffer).toBe(sequences.items.buffer);
  });

  it('says why nothing is left', () => {
    expect(() => toSequences(toyLog([]))).toThrow(/the log has no events, so there are no users/);
    expect(() => toSequences(toyLog([]))).toThrow(InputError);
    expect(() => toSequences(log, { behaviors: ['listen'] })).toThrow(
      /none of the 6 events can be part of a sequence \(6 behaviour not asked for\)/,
    );
  });

  it('accounts for every event of any log', () => {
    fc.assert(
      fc.property(anyLog, (any) => {
        const usable = any.events.filter(
          ({ itemId, timeMs }) => itemId !== null && (!any.hasTimes || timeMs !== null),
        );
        fc.pre(usable.length > 0);
        const sequences = toSequences(any);
        const skipped = sequences.skipped.reduce((sum, { rows }) => sum + rows, 0);
        expect(sequences.items.length + skipped).toBe(any.events.length);
        expect(sequences.items).not.toContain(0);
        for (const [user, userId] of sequences.userIds.entries()) {
          const own = usable
            .filter((event) => event.userId === userId)
            .toSorted((a, b) => a.timeMs! - b.timeMs! || a.row - b.row);
          const ids = Array.from(sequenceOf(sequences, user), (item) => sequences.vocabulary.itemIds[item]);
          expect(ids).toEqual(own.map(({ itemId }) => itemId));
        }
        expect([...sequences.userIds, ...sequences.usersLeftOut].toSorted()).toEqual(
          [...new Set(any.events.map(({ userId }) => userId))].toSorted(),
        );
      }),
      { seed: 13 },
    );
  });
});
