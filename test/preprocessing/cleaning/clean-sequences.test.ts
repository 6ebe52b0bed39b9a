import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRng } from '../../../lib/base/random';
import { behaviors, type EventLog } from '../../../lib/data/event';
import { openDatabase, type Database } from '../../../lib/data/tables/database';
import { tableOfLog } from '../../../lib/data/tables/table-of-log';
import { cleanSequences, type SequenceRules } from '../../../lib/preprocessing/cleaning/clean-sequences';
import { cleanTable } from '../../../lib/preprocessing/cleaning/clean-table';
import { sequencesOfTable, type TableSequences } from '../../../lib/preprocessing/table-sequences';
import { anyLog } from '../any-log';
import { toyLog } from '../toy-log';

let database: Database;
beforeAll(async () => {
  database = await openDatabase({ threads: 2 });
});
afterAll(() => database.close());

const sequencesOf = async (log: EventLog): Promise<TableSequences> =>
  sequencesOfTable(await tableOfLog(database, log));
/** All that can be compared: a vocabulary has a function. */
const plain = ({ vocabulary, ...rest }: TableSequences): object => ({ ...rest, ids: vocabulary.itemIds });
const rowsLeft = (sequences: TableSequences, rules: SequenceRules): number[] => [
  ...cleanSequences(sequences, rules).sequences.channels.rows,
];

describe('cleanSequences', () => {
  it('keeps everything without rules', async () => {
    const sequences = await sequencesOf(
      toyLog([
        ['b', 'y', 5],
        ['a', 'x', 2],
        ['b', 'x', 1],
      ]),
    );
    const { sequences: same, report } = cleanSequences(sequences, {});
    expect(plain(same)).toEqual(plain(sequences));
    expect(report).toMatchObject({ rowsIn: 3, rowsOut: 3, dropped: [], usersOut: 2, itemsOut: 2, notes: [] });
  });

  it('drops copies and what follows within the window, and numbers users and items anew', async () => {
    const sequences = await sequencesOf(
      toyLog([
        ['late', 'rare', 1_000],
        ['a', 'x', 10],
        ['a', 'x', 10],
        ['a', 'x', 35],
        ['a', 'x', 60],
        ['a', 'x', 86],
        ['late', 'x', 90],
        ['late', 'x', 2_000],
      ]),
    );
    const { sequences: cleaned, report } = cleanSequences(sequences, {
      dropDuplicates: true,
      repeatWindowMs: 25,
      minEventsPerItem: 2,
    });
    expect([...cleaned.channels.rows]).toEqual([2, 6, 7, 8]);
    expect(cleaned.userIds).toEqual(['a', 'late']); // the first row of `late` is gone
    expect([...cleaned.items]).toEqual([1, 1, 1, 1]);
    expect(cleaned.vocabulary.itemIds).toEqual(['', 'x']);
    expect(report.dropped).toEqual([
      { reason: 'exact duplicate', rows: 1, firstRow: 3 },
      { reason: 'repeated view', rows: 2, firstRow: 4 },
      { reason: 'item with fewer than 2 events', rows: 1, firstRow: 1 },
    ]);
  });

  it('takes for a copy only what is equal in every channel, wherever it stands among events of its time', async () => {
    const ratings = [1, 2, 1, null, null, 2, 3];
    const log = toyLog(ratings.map((rating) => ['a', 'x', 7, { behavior: 'purchase', rating }] as const));
    const { sequences } = cleanSequences(await sequencesOf(log), { dropDuplicates: true });
    expect([...sequences.channels.rows]).toEqual([1, 2, 4, 7]);
    expect([...sequences.channels.ratings!]).toEqual([1, 2, NaN, 3]);
  });

  it('takes no event for a repeat of another behaviour', async () => {
    const log = toyLog(behaviors.map((behavior, timeMs) => ['a', 'x', timeMs, { behavior }] as const));
    const rules = { repeatWindowMs: 100, repeatBehaviors: behaviors } as const;
    expect(rowsLeft(await sequencesOf(log), rules)).toHaveLength(behaviors.length);
  });

  it('counts events within a minute, and goes round until all that stay have enough', async () => {
    const log = toyLog([
      ['fast', 'x', 0],
      ['fast', 'x', 30_000],
      ['fast', 'x', 59_999],
      ['slow', 'x', 0],
      ['slow', 'x', 30_000],
      ['slow', 'y', 60_000],
      ['slow', 'y', 90_000],
      ['next', 'y', 0],
      ['next', 'z', 60_000],
    ]);
    const sequences = await sequencesOf(log);
    expect(rowsLeft(sequences, { maxEventsPerUserPerMinute: 2 })).toEqual([4, 5, 6, 7, 8, 9]);
    // Without `z` the user `next` has one event only, and without that `y` has two.
    const { report } = cleanSequences(sequences, { minEventsPerItem: 3, minEventsPerUser: 2 });
    expect(report.dropped).toEqual([
      { reason: 'item with fewer than 3 events', rows: 4, firstRow: 6 },
      // `next` goes with `y` and `z`: nothing of it is left to go as a user's.
    ]);
    expect(report).toMatchObject({ usersOut: 2, itemsOut: 1 });
  });

  it('gives what cleaning the table first gives for long histories', async () => {
    const rng = createRng(3);
    const log = toyLog(
      Array.from({ length: 3_000 }, () => [
        `u${rng.integer(1 + rng.integer(9))}`,
        `i${rng.integer(1 + rng.integer(40))}`,
        rng.integer(2_000),
        { behavior: behaviors[rng.integer(6)]! },
      ]),
    );
    const table = await tableOfLog(database, log);
    const rules = {
      dropDuplicates: true,
      repeatWindowMs: 20,
      minEventsPerItem: 30,
      minEventsPerUser: 80,
    } as const;
    const ours = cleanSequences(await sequencesOfTable(table), rules);
    const cleaned = await cleanTable(table, rules);
    expect(ours.report).toEqual(cleaned.report);
    expect(plain(ours.sequences)).toEqual(plain(await sequencesOfTable(cleaned.table)));
    expect(ours.report.dropped.map(({ reason }) => reason)).toHaveLength(4);
  });

  it('says which rules a log without times leaves idle', async () => {
    const log = toyLog([
      ['a', 'x', null],
      ['a', 'x', null],
    ]);
    const { report } = cleanSequences(await sequencesOf(log), { dropDuplicates: true });
    expect(report).toMatchObject({
      rowsOut: 2,
      notes: ['the log has no times, so dropDuplicates could find nothing'],
    });
  });

  it('refuses a number that is out of range', async () => {
    const sequences = await sequencesOf(toyLog([['a', 'x', 1]]));
    expect(() => cleanSequences(sequences, { minEventsPerUser: 0 })).toThrow(
      'minEventsPerUser must be a whole number from 1, got 0',
    );
  });

  it('gives what cleaning the table first gives, sequences and report, and changes nothing that it was given', async () => {
    const maybe = <Value>(value: fc.Arbitrary<Value>): fc.Arbitrary<Value | undefined> =>
      fc.option(value, { nil: undefined, freq: 1 });
    const anyRules = fc.record({
      behaviors: maybe(fc.subarray(behaviors.slice(0, 4), { minLength: 2 })),
      earliestMs: maybe(fc.constantFrom(0, 10_000)),
      latestMs: maybe(fc.constantFrom(100_000, 120_000)),
      dropDuplicates: maybe(fc.boolean()),
      repeatWindowMs: maybe(fc.constantFrom(0, 10_000, 40_000)),
      repeatBehaviors: maybe(fc.subarray(behaviors.slice(0, 4))),
      maxEventsPerUserPerMinute: maybe(fc.integer({ min: 2, max: 6 })),
      minEventsPerUser: maybe(fc.integer({ min: 1, max: 4 })),
      minEventsPerItem: maybe(fc.integer({ min: 1, max: 4 })),
    });
    let compared = 0;
    await fc.assert(
      fc.asyncProperty(anyLog, anyRules, async (any, given) => {
        const events = any.events
          .filter(({ itemId, timeMs }) => itemId !== null && timeMs !== null)
          .map((event, index) => ({ ...event, query: null, rating: null, row: index + 1 }));
        fc.pre(events.length > 0);
        const rules = Object.fromEntries(
          Object.entries(given).filter(([, value]) => value !== undefined),
        ) as SequenceRules;
        const table = await tableOfLog(database, { ...any, events });
        const sequences = await sequencesOfTable(table);
        const before = structuredClone({ ...sequences, vocabulary: sequences.vocabulary.itemIds });
        const ours = cleanSequences(sequences, rules);
        expect({ ...sequences, vocabulary: sequences.vocabulary.itemIds }).toEqual(before);
        const cleaned = await cleanTable(table, rules);
        expect(ours.report).toEqual(cleaned.report);
        if (cleaned.table.numRows === 0) {
          expect(ours.sequences.userIds).toEqual([]);
          return;
        }
        expect(plain(ours.sequences)).toEqual(plain(await sequencesOfTable(cleaned.table)));
        compared += 1;
      }),
      { numRuns: 200, seed: 21 },
    );
    expect(compared).toBeGreaterThan(75);
  });
});
