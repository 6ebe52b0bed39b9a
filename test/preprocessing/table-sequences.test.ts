import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { behaviors } from '../../lib/data/event';
import { openDatabase, type Database } from '../../lib/data/tables/database';
import { tableOfLog } from '../../lib/data/tables/table-of-log';
import { toSequences } from '../../lib/preprocessing/sequences';
import { sequencesOfTable } from '../../lib/preprocessing/table-sequences';
import { buildVocabulary } from '../../lib/preprocessing/vocabulary';
import { anyLog } from './any-log';
import { toyLog } from './toy-log';

let database: Database;
beforeAll(async () => {
  database = await openDatabase({ threads: 2 });
});
afterAll(() => database.close());

describe('sequencesOfTable', () => {
  it('puts the events of a user in time order, equal times in the order of the rows, with their channels', async () => {
    const log = toyLog([
      ['b', '10', 5, { behavior: 'cart', rating: 2 }],
      ['a', '9', 7],
      ['b', '9', 3, { behavior: 'purchase' }],
      ['b', '7', 5],
    ]);
    const { userIds, offsets, items, timesMs, vocabulary, channels, outOfOrder } = await sequencesOfTable(
      await tableOfLog(database, log),
    );
    expect(userIds).toEqual(['b', 'a']);
    expect([...offsets]).toEqual([0, 3, 4]);
    expect([...items].map((item) => vocabulary.itemIds[item])).toEqual(['9', '10', '7', '9']);
    expect([...timesMs!]).toEqual([3, 5, 5, 7]);
    expect([...channels.behaviors].map((index) => behaviors[index])).toEqual([
      'purchase',
      'cart',
      'click',
      'click',
    ]);
    expect([...channels.rows]).toEqual([3, 1, 4, 2]);
    expect([...channels.ratings!]).toEqual([NaN, 2, NaN, NaN]);
    expect(outOfOrder).toBe(1);
  });

  it('gives what the plain way over objects gives, for any log', async () => {
    let seen = 0;
    await fc.assert(
      fc.asyncProperty(
        anyLog,
        fc.option(fc.subarray(behaviors.slice(0, 4), { minLength: 1 }), { nil: undefined }),
        fc.option(fc.subarray(['9', '10'], { minLength: 1 }), { nil: undefined }),
        async (log, wanted, known) => {
          const rules = {
            ...(wanted && { behaviors: wanted }),
            ...(known && { vocabulary: buildVocabulary(known) }),
          };
          const table = await tableOfLog(database, log);
          const outcome = (error: unknown): string => (error as Error).message;
          const plain = await Promise.resolve()
            .then(() => toSequences(log, rules))
            .catch(outcome);
          const large = await sequencesOfTable(table, rules).catch(outcome);
          await database.run(`DROP TABLE ${table.name}`);
          if (typeof plain === 'string' || typeof large === 'string') {
            expect(typeof large).toBe('string');
            expect(typeof plain).toBe('string');
            return;
          }
          const { channels, vocabulary, skipped, ...rest } = large;
          expect(channels.rows).toHaveLength(rest.items.length);
          const { vocabulary: plainVocabulary, skipped: plainSkipped, ...plainRest } = plain;
          expect(rest).toEqual(plainRest);
          expect(vocabulary.itemIds).toEqual(plainVocabulary.itemIds);
          const byReason = (a: { reason: string }, b: { reason: string }): number =>
            a.reason < b.reason ? -1 : 1;
          expect(skipped.toSorted(byReason)).toEqual(plainSkipped.toSorted(byReason));
          seen += 1;
        },
      ),
      { numRuns: 150, seed: 5 },
    );
    expect(seen).toBeGreaterThan(75);
  });

  it('is the same whatever the threads, over more rows than one thread takes at a time', async () => {
    const results = [];
    for (const threads of [1, 3]) {
      const own = await openDatabase({ threads });
      await own.run(`CREATE TYPE behavior AS ENUM (${behaviors.map((name) => `'${name}'`).join(', ')})`);
      await own.run(`CREATE TABLE big AS SELECT i + 1 AS row, CAST(i * 7919 % 5003 AS VARCHAR) AS user_id,
        CAST('click' AS behavior) AS behavior, i * 104729 % 997 AS item_id, i * 31 % 1000 AS time_ms FROM range(400000) AS t(i)`);
      const table = {
        database: own,
        name: 'big',
        columns: ['row', 'user_id', 'behavior', 'item_id', 'time_ms'] as const,
        numRows: 400_000,
        hasTimes: true,
        source: { name: 'big', file: null, sha256: '', rowsRead: 400_000, rejected: [] },
        items: new Map(),
        users: new Map(),
      };
      const { vocabulary, userIds, offsets, items, timesMs, channels } = await sequencesOfTable(table);
      const bytes = [offsets, items, timesMs!, channels.rows].map(({ buffer }) =>
        Buffer.from(buffer).toString('base64'),
      );
      results.push({ userIds, bytes, ids: vocabulary.itemIds });
      own.close();
    }
    expect(results[0]).toEqual(results[1]);
    expect(results[0]!.userIds.length).toBe(5003);
    expect(results[0]!.ids.slice(0, 4)).toEqual(['', '0', '1', '2']);
  });
});

it('gives the channels of whatever the events say: session, category, price, dwell', async () => {
  const log = toyLog([
    ['a', '1', 5, { category: 'books', price: 9.5, dwellMs: 100, sessionId: 's1' }],
    ['a', '2', 6, { category: 'art', price: 4 }],
    ['a', '3', 7],
  ]);
  const table = await tableOfLog(database, log);
  expect(table.columns).toContain('session_id');
  const { channels } = await sequencesOfTable(table);
  expect(channels.categoryNames).toEqual(['', 'art', 'books']);
  expect([...channels.categories!]).toEqual([2, 1, 0]);
  expect([...channels.prices!]).toEqual([9.5, 4, NaN]);
  expect([...channels.dwellMs!]).toEqual([100, NaN, NaN]);
});
