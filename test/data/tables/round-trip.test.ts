import { createHash } from 'node:crypto';
import { createReadStream, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parse } from 'csv-parse';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { behaviors, type EventLog, type UserEvent } from '../../../lib/data/event';
import { openDatabase, type Database } from '../../../lib/data/tables/database';
import type { EventTable } from '../../../lib/data/tables/event-table';
import { readTable } from '../../../lib/data/tables/read-table';
import { tableFormat, type TableFormat } from '../../../lib/data/tables/table-format';
import { writeCsv } from '../../../lib/data/write-csv';
import { temporaryFolder } from '../temporary-folder';

const write = temporaryFolder();
let database: Database;
beforeAll(async () => {
  database = await openDatabase({ threads: 4 });
});
afterAll(() => database.close());

const own = tableFormat({
  kind: 'csv',
  columns: {
    user: 'user_id',
    behavior: 'behavior',
    item: 'item_id',
    query: 'query',
    time: 'time_ms',
    rating: 'rating',
    session: 'session_id',
    category: 'category',
    price: 'price',
    dwell: 'dwell_ms',
  },
  optional: ['session', 'category', 'price', 'dwell'],
});

/** Blanks around a text are taken off by the reader, so the texts have none. */
const text = fc
  .oneof(
    fc.string({ unit: 'grapheme', minLength: 1 }),
    fc.constantFrom('a"b', '"', '""', 'a,b', 'x\ny', 'x\r\ny', "'", '\\', 'NULL', '红'),
  )
  .filter((value) => value.trim() === value && value !== '' && !value.includes('\0'));
const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);
const orNull = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(value, { freq: 3 });
const time = fc.integer({ min: -8.64e15, max: 8.64e15 });
const event: fc.Arbitrary<Omit<UserEvent, 'row'>> = fc.record({
  userId: text,
  behavior: fc.constantFrom(...behaviors),
  itemId: orNull(text),
  query: orNull(text),
  timeMs: orNull(time),
  rating: orNull(number),
  sessionId: orNull(text),
  category: orNull(text),
  price: orNull(number),
  dwellMs: orNull(number),
});

async function eventsOf({ name, columns, database: from }: EventTable): Promise<unknown[]> {
  const rows = await from.rows<Record<string, string | number | null>>(
    `SELECT * REPLACE (behavior::VARCHAR AS behavior) FROM ${name} ORDER BY row`,
  );
  expect(columns).toHaveLength(11);
  return rows.map((row) => ({
    userId: row['user_id'],
    behavior: row['behavior'],
    itemId: row['item_id'],
    query: row['query'],
    timeMs: row['time_ms'],
    rating: row['rating'],
    sessionId: row['session_id'],
    category: row['category'],
    price: row['price'],
    dwellMs: row['dwell_ms'],
    row: row['row'],
  }));
}

describe('any log', () => {
  it('comes back from CSV as it was, in the order of the file', async () => {
    const stem = join(dirname(write('x', '')), 'any');
    await fc.assert(
      fc.asyncProperty(fc.array(event, { minLength: 1, maxLength: 20 }), async (all) => {
        const events = all.map((one, index) => ({ ...one, row: index + 1 }));
        const log = { events, items: new Map(), users: new Map() } as unknown as EventLog;
        await writeCsv(stem, log);
        const table = await readTable(database, `${stem}.csv`, { format: own });
        expect(await eventsOf(table)).toEqual(events);
        expect(table.source).toMatchObject({ rowsRead: events.length, rejected: [] });
      }),
      { numRuns: 60, seed: 3 },
    );
  });

  it('comes back from NDJSON as it was', async () => {
    const ndjson: TableFormat = { ...own, kind: 'ndjson', optional: [] };
    const names = Object.entries({
      userId: 'user_id',
      behavior: 'behavior',
      itemId: 'item_id',
      query: 'query',
      timeMs: 'time_ms',
      rating: 'rating',
      sessionId: 'session_id',
      category: 'category',
      price: 'price',
      dwellMs: 'dwell_ms',
    });
    await fc.assert(
      fc.asyncProperty(fc.array(event, { minLength: 1, maxLength: 20 }), async (all) => {
        const events = all.map((one, index) => ({ ...one, row: index + 1 }));
        const lines = events.map((one) =>
          JSON.stringify(
            Object.fromEntries(names.map(([field, name]) => [name, one[field as keyof typeof one]])),
          ),
        );
        const table = await readTable(database, write('any.ndjson', lines.join('\n')), { format: ndjson });
        expect(await eventsOf(table)).toEqual(events);
      }),
      { numRuns: 40, seed: 4 },
    );
  });
});

describe('a file of more than 30 MB', () => {
  const numRows = 440_000;
  const line = (row: number): string =>
    `u${(row * 7919) % 50_021},${row % 97 === 0 ? `"lamp, ""no. ${row}""\nblue"` : `item-${row % 1_009}-${'x'.repeat(row % 60)}`},${1.7e9 + row},"query ${row}"\n`;
  const format = tableFormat({
    kind: 'csv',
    columns: { user: 'user', item: 'item', time: 'time', query: 'query' },
    timeUnit: 's',
  });
  let file: string;
  let quoted: string;
  beforeAll(() => {
    const pieces = ['user,item,time,query\n'];
    for (let row = 1; row <= numRows; row += 1) pieces.push(line(row));
    quoted = write('quoted.csv', pieces.join(''));
    const plain = pieces.map((piece) =>
      piece.replaceAll('"', '').replace('\nblue', '').replace('lamp, ', 'lamp '),
    );
    file = write('plain.csv', [...plain, ...plain.slice(1)].join(''));
  });

  /** Of every row in its order, as an independent reader has it, and as the table has it. */
  async function digests(path: string): Promise<[string, string]> {
    expect(statSync(path).size).toBeGreaterThan(30e6);
    const table = await readTable(database, path, { format });
    const theirs = createHash('sha256');
    let rows = 0;
    const parser = createReadStream(path).pipe(parse({ from: 2 }));
    for await (const [user, item, time, query] of parser as AsyncIterable<string[]>) {
      rows += 1;
      theirs.update(`${rows}|${user}|${item}|${Number(time) * 1000}|${query}\n`);
    }
    const [found] = await database.rows<{ digest: string }>(
      `SELECT sha256(string_agg(row || '|' || user_id || '|' || item_id || '|' || time_ms || '|' || query || chr(10), '' ORDER BY row)) AS digest
       FROM ${table.name}`,
    );
    expect(table.numRows).toBe(rows);
    return [theirs.digest('hex'), found!.digest];
  }

  it('has the rows of csv-parse, in their order', async () => {
    const [theirs, ours] = await digests(file);
    expect(ours).toBe(theirs);
  });

  it('has them with quoted line ends, too', async () => {
    const [theirs, ours] = await digests(quoted);
    expect(ours).toBe(theirs);
  });
});
