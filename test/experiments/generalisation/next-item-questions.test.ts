import { beforeAll, describe, expect, it } from 'vitest';
import { askNextItem, type AskedModel } from '../../../lib/experiments/generalisation/next-item-questions';
import { startBackend } from '../../../lib/nn/backend';
import { leaveOneOut } from '../../../lib/preprocessing/leave-one-out';
import { toSequences } from '../../../lib/preprocessing/sequences';
import { latestAgain } from '../../../lib/recommendation/latest-again';
import { countItems, popularity } from '../../../lib/recommendation/popularity';
import { toyLog } from '../../preprocessing/toy-log';

beforeAll(async () => {
  await startBackend();
});

/** Two users come back to an item, two take a new one. */
const sequences = toSequences(
  toyLog(
    [
      ['u1', 'a', 'b', 'c', 'a'],
      ['u2', 'b', 'c', 'd', 'd'],
      ['u3', 'a', 'b', 'c', 'd'],
      ['u4', 'c', 'b', 'd', 'a'],
    ].flatMap(([user, ...items]) => items.map((item, step) => [user!, item, step] as const)),
  ),
);
const split = leaveOneOut(sequences);
const source = { name: 'toy', sha256: 'abc' };
const nothing = { loss: null, seed: null };
const again: AskedModel = { scorer: latestAgain(sequences.vocabulary.itemIds.length), ...nothing };
const popular: AskedModel = { scorer: popularity(countItems(split)), ...nothing };
const ask = (models: readonly AskedModel[]) => askNextItem(models, split, source, { cut: 'none' }, 2);

describe('two questions for the next item', () => {
  it('asks for new items those users only who take one', () => {
    const { newItem, repeatShare } = ask([again]);
    expect(newItem!.users).toEqual([2, 3]);
    expect(newItem!.answers[0]!.metrics[0]!.users).toBe(2);
    expect(newItem!.answers[0]!.ranks).toEqual([1, 1]); // one item is left for either
    expect(repeatShare).toBe(0.5);
  });

  it('asks everybody for any item, with those used before as candidates', () => {
    const { anyItem } = ask([again]);
    expect(anyItem.users).toEqual([0, 1, 2, 3]);
    // u1 had c, b, a; u2 had d last; u3 and u4 had three others.
    expect(anyItem.answers[0]!.ranks).toEqual([3, 1, 4, 4]);
    expect(anyItem.answers[0]!.metrics.slice(0, 2).map(({ value }) => value)).toEqual([0.25, 0.25]);
  });

  it('says in the protocol which question it was', () => {
    const { newItem, anyItem } = ask([popular, again]);
    const protocols = [newItem!, anyItem].map(({ answers }) => answers[1]!.metrics[0]!.protocol);
    expect(protocols.map(({ seenItems }) => seenItems)).toEqual(['excluded', 'included']);
    expect(protocols.map((own) => own.split.includes('users whose target is new'))).toEqual([true, false]);
  });

  it('does not ask for new items where at most one user takes one', () => {
    const back = toSequences(
      toyLog(
        ['u1', 'u2', 'u3'].flatMap((user) =>
          ['a', 'b', user === 'u3' ? 'c' : 'a'].map((item, step) => [user, item, step] as const),
        ),
      ),
    );
    const { newItem, anyItem } = askNextItem(
      [{ scorer: latestAgain(4), ...nothing }],
      leaveOneOut(back),
      source,
      { cut: 'none' },
    );
    expect(newItem).toBeNull();
    expect(anyItem.users).toHaveLength(3);
  });

  it('refuses two models of one name', () => {
    expect(() => ask([again, again])).toThrow(RangeError);
  });
});
