import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRng } from '../../../lib/base/random';
import { openDatabase, type Database } from '../../../lib/data/tables/database';
import { tableOfLog } from '../../../lib/data/tables/table-of-log';
import { generateShopSample } from '../../../lib/data/shop/log';
import { cleanTable } from '../../../lib/preprocessing/cleaning/clean-table';
import type { AnomalousUsers } from '../../../lib/preprocessing/cleaning/rules';
import { toyLog } from '../toy-log';

let database: Database;
beforeAll(async () => {
  database = await openDatabase({ threads: 2 });
});
afterAll(() => database.close());

type Row = readonly [user: string, item: string, timeMs: number];
const dayMs = 86_400_000;

/** Forty people with `perDay` events on each of ten days, at random moments. */
function people(perDay: number): Row[] {
  const rng = createRng(3);
  const rows: Row[] = [];
  for (let user = 0; user < 40; user++) {
    for (let event = 0; event < 10 * perDay; event++) {
      rows.push([`person ${user}`, 'x', Math.floor(event / perDay) * dayMs + rng.integer(dayMs)]);
    }
  }
  return rows;
}

async function goneOf(rows: readonly Row[], rules: AnomalousUsers): Promise<Record<string, string[]>> {
  const table = await tableOfLog(database, toyLog(rows));
  const { dropped } = await cleanTable(table, { anomalousUsers: rules });
  const found = await database.rows<{ reason: string; user_id: string }>(
    `SELECT DISTINCT reason, user_id FROM ${dropped} ORDER BY reason, user_id`,
  );
  const gone: Record<string, string[]> = {};
  for (const { reason, user_id } of found) (gone[reason] ??= []).push(user_id);
  return gone;
}

describe('anomalousUsers', () => {
  const many: Row[] = Array.from({ length: 900 }, (_, event) => [
    'crawler',
    'x',
    event * 95_000 + (event % 7) * 9_000,
  ]);
  const burst: Row[] = Array.from({ length: 40 }, (_, event) => [
    'burst',
    'x',
    event * 1_000 + (event % 3) * 100 + (event > 20 ? 3 * dayMs : 0),
  ]);
  const clock: Row[] = Array.from({ length: 30 }, (_, event) => ['clock', 'x', event * 0.3 * dayMs]);

  it('finds a crawler by its rate, a burst by its minute, a clock by its pauses, and nobody else', async () => {
    const burstOverDays: Row[] = [
      ...burst,
      ...Array.from({ length: 9 }, (_, day): Row => ['burst', 'x', (day + 4) * dayMs + day * 5_000_000]),
    ];
    expect(await goneOf([...people(3), ...many, ...burstOverDays, ...clock], {})).toEqual({
      'user as regular as a machine': ['clock'],
      'user with too many events a day': ['crawler'],
      'user with too many events at once': ['burst'],
    });
  });

  it('does not judge users with fewer events, and judges with the limits it is given', async () => {
    const rows = [...people(3), ...clock];
    expect(await goneOf(rows, { minEvents: 31 })).toEqual({});
    expect(await goneOf(rows, { leastDispersion: 0 })).toEqual({});
    expect(await goneOf([...people(3), ...many], { fence: 100, leastDispersion: 0 })).toEqual({});
  });

  it('sets the fence on the logarithm: Q3 + fence * max(IQR, ln 2)', async () => {
    // Rates 2, 4, 8, 16 and 32 a day for users of 32 events each: quartiles 4 and 16, so the fence is 16 * 4 ^ fence.
    const rows = [2, 4, 8, 16, 32].flatMap((rate) =>
      Array.from({ length: 32 }, (_, event): Row => [
        `rate ${rate}`,
        'x',
        Math.floor(event / rate) * dayMs + (event % rate) * 61_000 * (1 + (event % 5)),
      ]),
    );
    const { report } = await cleanTable(await tableOfLog(database, toyLog(rows)), {
      anomalousUsers: { fence: 0.5 },
    });
    expect(report.limits[0]).toMatchObject({
      unit: 'events per active day',
      limit: expect.closeTo(32, 9) as number,
    });
    // 32 is not above 32.
    expect(report.dropped).toEqual([]);
  });

  it('finds the bots of the made-up shop, all of them and nobody else', async () => {
    const { log, truth } = generateShopSample();
    const { report, dropped } = await cleanTable(await tableOfLog(database, log), {
      dropWithoutTime: true,
      earliestMs: Date.UTC(2024, 0, 1),
      latestMs: Date.UTC(2024, 2, 1),
      dropDuplicates: true,
      anomalousUsers: {},
    });
    const gone = await database.rows<{ user_id: string }>(
      `SELECT DISTINCT user_id FROM ${dropped} WHERE reason LIKE 'user%' ORDER BY user_id`,
    );
    expect(gone.map(({ user_id: id }) => id)).toEqual([...truth.anomalies.bots].toSorted());
    expect(report.usersIn - report.usersOut).toBe(truth.anomalies.bots.size);
  });
});

describe('cleanTable', () => {
  it('keeps the rows that went, each with its reason, and counts by the same reasons', async () => {
    const table = await tableOfLog(
      database,
      toyLog([
        ['a', 'x', 1],
        ['a', 'x', 1],
        ['b', null, 5],
        ['b', 'y', 7],
      ]),
    );
    const { report, dropped } = await cleanTable(table, { dropWithout: ['item_id'], dropDuplicates: true });
    expect(await database.rows(`SELECT row, reason FROM ${dropped} ORDER BY row`)).toEqual([
      { row: 2, reason: 'exact duplicate' },
      { row: 3, reason: 'no item' },
    ]);
    expect(report.dropped).toEqual([
      { reason: 'no item', rows: 1, firstRow: 3 },
      { reason: 'exact duplicate', rows: 1, firstRow: 2 },
    ]);
  });

  it('gives the same whatever the threads, over more rows than one thread takes at a time', async () => {
    const results = [];
    for (const threads of [1, 3]) {
      const own = await openDatabase({ threads });
      const rows = 300_000;
      await own.run(`CREATE TYPE behavior AS ENUM ('browse', 'click')`);
      await own.run(`CREATE TABLE big AS SELECT i + 1 AS row, i * 7919 % 5003 AS user_id, CAST('click' AS behavior) AS behavior,
        i * 104729 % 30011 AS item_id, i * 31 % 100000 * 1000 AS time_ms FROM (SELECT i // 2 * 2 AS i FROM range(${rows}) AS t(i))`);
      await own.run('UPDATE big SET row = rowid + 1');
      const table = {
        database: own,
        name: 'big',
        columns: ['row', 'user_id', 'behavior', 'item_id', 'time_ms'] as const,
        numRows: rows,
        hasTimes: true,
        source: { name: 'big', file: null, sha256: '', rowsRead: rows, rejected: [] },
        items: new Map(),
        users: new Map(),
      };
      const rules = {
        dropDuplicates: true,
        repeatWindowMs: 60_000,
        anomalousUsers: {},
        minEventsPerUser: 20,
        minEventsPerItem: 4,
      };
      const { table: clean, report } = await cleanTable(table, rules);
      const { row } = await own.readColumns(
        { row: { type: 'int32', sql: 'row' } },
        `FROM ${clean.name}`,
        'row',
        clean.numRows,
      );
      results.push({ report, rows: Buffer.from(row.buffer).toString('base64') });
      own.close();
    }
    expect(results[0]).toEqual(results[1]);
    expect(results[0]!.report.dropped.map(({ reason }) => reason)).toContain('exact duplicate');
    expect(results[0]!.report.rowsOut).toBeGreaterThan(1000);
  });
});
