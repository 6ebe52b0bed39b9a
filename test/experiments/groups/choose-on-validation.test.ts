import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { EventLog } from '../../../lib/data/event';
import { chooseOnValidation } from '../../../lib/experiments/groups/choose-on-validation';
import { startBackend } from '../../../lib/nn/backend';
import { leaveOneOut } from '../../../lib/preprocessing/leave-one-out';
import { toSequences } from '../../../lib/preprocessing/sequences';
import type { Scorer } from '../../../lib/recommendation/scorer';

beforeAll(async () => {
  await startBackend();
});

describe('a choice on validation', () => {
  // Of 20 users everybody's validation item is v and test item t.
  const events = Array.from({ length: 20 }, (_, user) =>
    ['a', `own${user}`, 'v', 't'].map((itemId) => ({ userId: `u${user}`, itemId })),
  )
    .flat()
    .map((event) => ({
      ...event,
      behavior: 'click' as const,
      query: null,
      timeMs: null,
      rating: null,
      row: 0,
    }));
  const source = { name: 'toy', file: null, sha256: '', rowsRead: 0, rejected: [] };
  const log: EventLog = { events, hasTimes: false, source, items: new Map(), users: new Map() };
  const split = leaveOneOut(toSequences(log));
  const { vocabulary } = split.sequences;
  const numItems = vocabulary.itemIds.length;
  /** One who holds an item likely. */
  const speaksFor = (itemId: string): Scorer => ({
    name: itemId,
    numItems,
    score: (histories) =>
      tf.tidy(() =>
        tf.tile(tf.oneHot(tf.tensor1d([vocabulary.indexOf(itemId)], 'int32'), numItems).cast('float32'), [
          histories.length,
          1,
        ]),
      ) as tf.Tensor2D,
  });

  it('is of what finds the validation items, not those of the test', () => {
    const { best, tried } = chooseOnValidation(['t', 'v', 'own1'], speaksFor, split);
    expect(best).toBe('v');
    expect(tried.map(({ setting }) => setting)).toEqual(['t', 'v', 'own1']);
    expect(tried[1]!.ndcg10).toBe(1);
    expect(tried[0]!.ndcg10).toBeLessThan(1);
  });

  it('is the first of equal ones, and none of none', () => {
    expect(chooseOnValidation([1, 2], () => speaksFor('v'), split).best).toBe(1);
    expect(() => chooseOnValidation([], speaksFor, split)).toThrow('no settings');
  });
});
