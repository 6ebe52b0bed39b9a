import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { behaviors } from '../../../lib/data/event';
import { cleanLog } from '../../../lib/preprocessing/cleaning/clean-log';
import type { CleaningRules } from '../../../lib/preprocessing/cleaning/rules';
import { anyLog } from '../any-log';
import { toyLog } from '../toy-log';
import { plainCleaning } from './plain-cleaning';

const rowsLeft = async (log: Parameters<typeof cleanLog>[0], rules: CleaningRules): Promise<number[]> =>
  (await cleanLog(log, rules)).log.events.map((event) => event.row);

describe('cleanLog', () => {
  const log = toyLog([
    ['a', 'x', 100],
    ['a', 'x', 100],
    ['a', 'x', 150],
    ['a', null, 160],
    ['b', 'y', null],
    ['b', 'y', 5, { behavior: 'cart' }],
    ['b', 'y', 5, { behavior: 'purchase' }],
  ]);

  it('drops nothing without rules, and says what it saw', async () => {
    const { log: same, report } = await cleanLog(log, {});
    expect(same.events).toEqual(log.events);
    expect(report).toEqual({
      rowsIn: 7,
      rowsOut: 7,
      dropped: [],
      usersIn: 2,
      usersOut: 2,
      itemsIn: 2,
      itemsOut: 2,
      limits: [],
      notes: ['1 rows that stay have no time'],
    });
  });

  it('counts every row under the first rule it breaks, with the first of them', async () => {
    const { report } = await cleanLog(log, {
      dropWithoutObject: true,
      dropWithoutTime: true,
      earliestMs: 50,
      dropDuplicates: true,
      repeatWindowMs: 50,
    });
    expect(report.dropped).toEqual([
      { reason: 'neither item nor query', rows: 1, firstRow: 4 },
      { reason: 'no time', rows: 1, firstRow: 5 },
      { reason: 'impossible time', rows: 2, firstRow: 6 },
      { reason: 'exact duplicate', rows: 1, firstRow: 2 },
      { reason: 'repeated view', rows: 1, firstRow: 3 },
    ]);
    expect(report).toMatchObject({ rowsIn: 7, rowsOut: 1, usersOut: 1, itemsOut: 1 });
  });

  it('keeps the behaviours asked for', async () => {
    expect(await rowsLeft(log, { behaviors: ['cart', 'purchase'] })).toEqual([6, 7]);
  });

  it('keeps times on the bounds; NaN is no time', async () => {
    const times = toyLog([9, 10, 20, 21, NaN].map((timeMs) => ['a', 'x', timeMs] as const));
    expect(await rowsLeft(times, { earliestMs: 10, latestMs: 20, dropWithoutTime: true })).toEqual([2, 3]);
    expect(await rowsLeft(times, { latestMs: 20 })).toEqual([1, 2, 3, 5]);
  });

  it('says when rows are out of order, when a reader left rows out, and when a rule needs times', async () => {
    const late = toyLog([
      ['a', 'x', 2],
      ['a', 'y', 1],
    ]);
    expect((await cleanLog(late, {})).report.notes).toEqual([
      '1 rows are older than a row of the same user before them',
    ]);
    const source = { ...late.source, rejected: [{ reason: 'no user', rows: 3, firstRow: 8 }] };
    expect((await cleanLog({ ...late, source }, {})).report.notes).toContain(
      'the reader left out 3 rows (no user), the first is row 8',
    );
    const pairs = toyLog([
      ['a', 'x', null],
      ['a', 'x', null],
    ]);
    const { report } = await cleanLog(pairs, { dropDuplicates: true });
    expect(report.rowsOut).toBe(2);
    expect(report.notes).toEqual(['the log has no times, so dropDuplicates could find nothing']);
  });

  it('takes an empty log', async () => {
    expect((await cleanLog(toyLog([]), { minEventsPerUser: 2 })).report).toMatchObject({
      rowsIn: 0,
      rowsOut: 0,
      dropped: [],
    });
  });

  it.each([
    [{ repeatWindowMs: -1 }, /repeatWindowMs must be a number of milliseconds, got -1/],
    [{ earliestMs: NaN }, /earliestMs must be/],
    [{ minEventsPerUser: 0 }, /minEventsPerUser must be a whole number from 1, got 0/],
    [{ minUserEvents: 5 } as CleaningRules, /there is no rule 'minUserEvents'; the rules are behaviors,/],
    [{ maxEventsPerUserPerMinute: 1.5 }, /maxEventsPerUserPerMinute must be/],
  ])('refuses %j', (rules, message) => expect(cleanLog(log, rules)).rejects.toThrow(message));

  const maybe = <Value>(value: fc.Arbitrary<Value>): fc.Arbitrary<Value | undefined> =>
    fc.option(value, { nil: undefined });
  const anyRules = fc
    .record({
      behaviors: maybe(fc.subarray(behaviors.slice(0, 4))),
      dropWithoutObject: maybe(fc.boolean()),
      dropWithoutTime: maybe(fc.boolean()),
      earliestMs: maybe(fc.constantFrom(0, 10_000)),
      latestMs: maybe(fc.constantFrom(100_000, 120_000)),
      dropDuplicates: maybe(fc.boolean()),
      repeatWindowMs: maybe(fc.constantFrom(0, 10_000, 40_000)),
      maxEventsPerUserPerMinute: maybe(fc.integer({ min: 1, max: 6 })),
      minEventsPerUser: maybe(fc.integer({ min: 1, max: 4 })),
      minEventsPerItem: maybe(fc.integer({ min: 1, max: 4 })),
    })
    .map(
      (rules) =>
        Object.fromEntries(Object.entries(rules).filter(([, value]) => value !== undefined)) as CleaningRules,
    );

  it('accounts for every row, keeps the order, changes no event, and drops nothing the second time', async () => {
    let drops = 0;
    await fc.assert(
      fc.asyncProperty(anyLog, anyRules, async (any, rules) => {
        const { log: clean, report } = await cleanLog(any, rules);
        const dropped = report.dropped.reduce((sum, { rows }) => sum + rows, 0);
        drops += dropped;
        expect(report.rowsIn).toBe(any.events.length);
        expect(report.rowsOut).toBe(clean.events.length);
        expect(report.rowsOut + dropped).toBe(report.rowsIn);
        const rows = clean.events.map((event) => event.row);
        expect(rows).toEqual(plainCleaning(any, rules).map((position) => position + 1));
        expect(rows).toEqual(rows.toSorted((a, b) => a - b));
        for (const event of clean.events) expect(event).toBe(any.events[event.row - 1]);
        for (const { firstRow } of report.dropped) expect(rows).not.toContain(firstRow);
        const again = await cleanLog(clean, rules);
        expect(again.log.events).toEqual(clean.events);
        expect(again.report.dropped).toEqual([]);
      }),
      { numRuns: 120, seed: 15 },
    );
    expect(drops).toBeGreaterThan(400);
  });
});
