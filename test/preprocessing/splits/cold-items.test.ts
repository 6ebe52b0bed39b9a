import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRng } from '../../../lib/base/random';
import { sequenceOf, toSequences } from '../../../lib/preprocessing/sequences';
import { coldQuestions, holdOutItems } from '../../../lib/preprocessing/splits/cold-items';
import { toyLog } from '../toy-log';

/** Users a, b, c; items 1 to 4. */
const sequences = toSequences(
  toyLog([
    ['a', '1', 1],
    ['a', '4', 2],
    ['a', '2', 3],
    ['b', '4', 1],
    ['b', '3', 2],
    ['c', '4', 1],
  ]),
);

describe('items held out with all their events', () => {
  it('are in no history and not in the vocabulary, and every event is accounted for', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 99 }), (seed) => {
        const { warm, isCold } = holdOutItems(sequences, { share: 0.5, rng: createRng(seed) });
        const cold = sequences.vocabulary.itemIds.filter((_, item) => isCold[item] === 1);
        expect(cold.length).toBe(2);
        expect(warm.vocabulary.itemIds.slice(1)).toEqual(
          sequences.vocabulary.itemIds.slice(1).filter((id) => !cold.includes(id)),
        );
        const events = (of: typeof warm): string[] =>
          of.userIds.flatMap((user, row) =>
            Array.from(sequenceOf(of, row), (item) => `${user} ${of.vocabulary.itemIds[item]!}`),
          );
        expect(events(warm)).toEqual(
          events(sequences).filter((event) => !cold.includes(event.split(' ')[1]!)),
        );
        const out = warm.skipped.find(({ reason }) => reason === 'item held out')!;
        expect(out.rows + warm.items.length).toBe(sequences.items.length);
        expect(warm.timesMs === null ? null : warm.timesMs.length).toBe(
          sequences.timesMs === null ? null : warm.items.length,
        );
        expect([...warm.userIds, ...warm.usersLeftOut].sort()).toEqual(['a', 'b', 'c']);
      }),
    );
  });

  it('take their part of each further column with them', () => {
    const log = toyLog([
      ['a', '1', 1],
      ['a', '4', 2],
      ['b', '2', 1],
      ['b', '4', 2],
    ]);
    const named = {
      ...log,
      events: log.events.map((event) => ({ ...event, category: `of ${event.itemId!}` })),
    };
    const full = toSequences(named, { columns: ['category'] });
    expect(full.columns!.map(({ name }) => name)).toEqual(['category']);
    const { warm } = holdOutItems(full, { share: 0.4, rng: createRng(1) });
    const { codes, names } = warm.columns![0]!;
    expect(Array.from(codes, (code) => names[code])).toEqual(
      Array.from(warm.items, (item) => `of ${warm.vocabulary.itemIds[item]!}`),
    );
  });

  it('are drawn by the seed, at least one and never all', () => {
    const of = (seed: number) => holdOutItems(sequences, { share: 0.01, rng: createRng(seed) }).isCold;
    expect(of(1)).toEqual(of(1));
    expect(of(1).reduce((sum, is) => sum + is, 0)).toBe(1);
    expect(of(1)[0]).toBe(0);
    for (const share of [0, 1, Number.NaN]) {
      expect(() => holdOutItems(sequences, { share, rng: createRng(1) })).toThrow(
        'share must be above 0 and below 1',
      );
    }
  });

  it('are asked for from what came before them, without other held-out items', () => {
    const isCold = Uint8Array.from([0, 0, 0, 1, 1]); // items 3 and 4
    const { users, histories, targets } = coldQuestions(sequences, isCold);
    // b's last held-out item is 3, before it only 4; c has nothing before 4.
    expect(Array.from(users)).toEqual([0]);
    expect(histories.map((own) => Array.from(own))).toEqual([[1]]);
    expect(Array.from(targets)).toEqual([4]);
    expect(coldQuestions(sequences, isCold, { minHistory: 2 }).users.length).toBe(0);
    expect(coldQuestions(sequences, isCold, { minHistory: 0 }).users.length).toBe(3);
  });
});
