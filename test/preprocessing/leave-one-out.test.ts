import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../lib/base/errors';
import type { EventLog } from '../../lib/data/event';
import { loadMovieLens100k, movieLens100kFolder } from '../../lib/data/movielens';
import { readLog } from '../../lib/data/read-log';
import { history, leaveOneOut, target } from '../../lib/preprocessing/leave-one-out';
import { toSequences } from '../../lib/preprocessing/sequences';
import { trainPart } from '../../lib/preprocessing/splits/split-sequences';
import { sharedData } from '../data/shared-data';
import { toyLog } from './toy-log';

describe('leaveOneOut', () => {
  const split = leaveOneOut(
    toSequences(
      toyLog([
        ...['1', '2', '3', '4'].map((item) => ['long', item, null] as const),
        ...['1', '2'].map((item) => ['short', item, null] as const),
        ...['3', '2', '1'].map((item) => ['three', item, null] as const),
      ]),
    ),
  );

  it('keeps the last event for the test and the one before for validation', () => {
    expect([...trainPart(split, 0)]).toEqual([1, 2]);
    expect([...history(split, 0, 'validation')]).toEqual([1, 2]);
    expect(target(split, 0, 'validation')).toBe(3);
    expect([...history(split, 0, 'test')]).toEqual([1, 2, 3]);
    expect(target(split, 0, 'test')).toBe(4);
    expect(split.trainLength(0)).toBe(2);
  });

  it('evaluates users with three events or more, and trains on the others whole', () => {
    expect([...split.users]).toEqual([0, 2]);
    expect(split.tooShort).toBe(1);
    expect([...trainPart(split, 1)]).toEqual([1, 2]);
    expect([...trainPart(split, 2)]).toEqual([3]);
    expect(() => target(split, 1, 'test')).toThrow(/user 1 has 2 events and is not evaluated/);
    expect(() => history(split, 1, 'test')).toThrow(RangeError);
  });

  it('gives views, not copies', () => {
    expect(history(split, 2, 'test').buffer).toBe(split.sequences.items.buffer);
  });

  it('takes one user who is long enough', () => {
    const one = leaveOneOut(toSequences(toyLog(['1', '2', '3'].map((item) => ['u', item, null] as const))));
    expect([...one.users]).toEqual([0]);
  });

  it('refuses a log in which nobody could be evaluated', () => {
    const sequences = toSequences(toyLog([['u', '1', null]]));
    expect(() => leaveOneOut(sequences)).toThrow(/none of the 1 users has 3 events/);
    expect(() => leaveOneOut(sequences)).toThrow(InputError);
  });
});

/** Rank every item by how often the training parts hold it; a plain second way beside nn/rank and evaluation. */
function popularity(log: EventLog): { hr10: number; ndcg10: number } {
  const split = leaveOneOut(toSequences(log));
  const counts = new Int32Array(split.sequences.vocabulary.itemIds.length);
  for (const user of split.sequences.userIds.keys())
    for (const item of trainPart(split, user)) counts[item]! += 1;
  const best = Array.from(counts.keys())
    .slice(1)
    .sort((a, b) => counts[b]! - counts[a]! || a - b);
  let hr10 = 0;
  let ndcg10 = 0;
  for (const user of split.users) {
    const seen = new Set(history(split, user, 'test'));
    const wanted = target(split, user, 'test');
    let rank = 1;
    for (const item of best) {
      if (item === wanted || rank > 10) break;
      if (!seen.has(item)) rank += 1;
    }
    if (rank > 10) continue;
    hr10 += 1 / split.users.length;
    ndcg10 += 1 / Math.log2(rank + 1) / split.users.length;
  }
  return { hr10, ndcg10 };
}

// Reference: an independent Python implementation of this protocol; counts on training parts only, seen items
// excluded but never the target, ties by the smaller id.
describe('popularity on this split is what another implementation measured', () => {
  it.skipIf(!existsSync(join(movieLens100kFolder(), 'ml-100k.inter')))(
    'MovieLens-100K, equal times in file order: .0859 / .0449 (needs the cache folder)',
    async () => {
      const { hr10, ndcg10 } = popularity(await loadMovieLens100k());
      // 81 of 943 users.
      expect(hr10).toBeCloseTo(81 / 943, 10);
      expect(ndcg10).toBeCloseTo(0.0449, 4);
    },
  );

  interface Golden {
    pop_leave_one_out_full_rank_tie_by_smaller_id: Record<
      string,
      { pop_counted_on_train_only: Record<string, number> }
    >;
  }
  const golden = sharedData('golden/golden.json');
  const sets = [
    ['Beauty', 'beauty/Beauty.txt.gz', 'sequences'],
    ['LastFM', 'lastfm-s3rec/LastFM.txt.gz', 'sequences'],
    ['ml-1m-sas', 'ml-1m/ml-1m.txt.gz', 'pairs'],
  ] as const;
  for (const [name, path, format] of sets) {
    const file = sharedData(path);
    it.skipIf(!golden || !file)(`${name} (needs golden/golden.json and ${path})`, async () => {
      const all = (JSON.parse(readFileSync(golden!, 'utf8')) as Golden)
        .pop_leave_one_out_full_rank_tie_by_smaller_id;
      const wanted = all[name]!.pop_counted_on_train_only;
      const { hr10, ndcg10 } = popularity(await readLog(file!, { format }));
      expect(hr10).toBeCloseTo(wanted['HR@10']!, 5);
      expect(ndcg10).toBeCloseTo(wanted['NDCG@10']!, 5);
    });
  }
});
