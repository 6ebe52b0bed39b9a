import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { InputError } from '../../../lib/base/errors';
import { openDatabase, quoteName, quoteText, type Database } from '../../../lib/data/tables/database';

const folder = mkdtempSync(join(tmpdir(), 'behavior-lab-test-'));
afterAll(() => rmSync(folder, { recursive: true }));
let database: Database;
beforeEach(async () => {
  database = await openDatabase({ threads: 2, memoryLimitMb: 500, temporaryFolder: folder });
});
afterEach(() => database.close());

describe('rows', () => {
  it('gives texts, numbers, 64-bit numbers, truth values and nulls', async () => {
    const sql =
      "SELECT 'é' AS text, 1.5::DOUBLE AS part, 9007199254740991 AS whole, true AS yes, NULL AS none";
    expect(await database.rows(sql)).toEqual([
      { text: 'é', part: 1.5, whole: Number.MAX_SAFE_INTEGER, yes: true, none: null },
    ]);
  });

  it('refuses a whole number that would not be exact', async () => {
    await expect(database.rows('SELECT 9007199254740993 AS n')).rejects.toThrow(
      /9007199254740993 is too large/,
    );
  });

  it('fills question marks, and takes quotes in texts and names literally', async () => {
    expect(await database.rows('SELECT ? AS a, ? AS b', ["it's", null])).toEqual([{ a: "it's", b: null }]);
    expect(await database.rows(`SELECT ${quoteText("it's")} AS ${quoteName('a "b"')}`)).toEqual([
      { 'a "b"': "it's" },
    ]);
  });

  it('says which statement was wrong', async () => {
    await expect(database.rows('SELECT nothing')).rejects.toThrow(/in: SELECT nothing/);
  });
});

describe('readColumns', () => {
  const columns = {
    n: { type: 'int32', sql: 'range' },
    half: { type: 'float64', sql: 'range / 2' },
  } as const;

  it('fills arrays, in the order that is asked for', async () => {
    const { n, half } = await database.readColumns(columns, 'FROM range(5000)', 'n DESC', 5_000);
    expect(n).toBeInstanceOf(Int32Array);
    expect([...n]).toEqual(Array.from({ length: 5_000 }, (_, index) => 4_999 - index));
    expect(half[1]).toBe(2_499);
  });

  it('tells how far it is', async () => {
    const shares: number[] = [];
    await database.readColumns(columns, 'FROM range(5000)', 'n', 5_000, (share) => shares.push(share));
    expect(shares.at(-1)).toBe(1);
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
  });

  it.each([1, 7, 8, 63, 64, 2_047, 2_048, 2_049])(
    'refuses a null in the last of %i rows',
    async (numRows) => {
      const sql = `CASE WHEN range < ${numRows - 1} THEN range END`;
      const reading = database.readColumns(
        { n: { type: 'int32', sql } },
        `FROM range(${numRows})`,
        'n',
        numRows,
      );
      await expect(reading).rejects.toThrow(/a null in n/);
      const good = await database.readColumns(
        { n: { type: 'int32', sql: 'range' } },
        `FROM range(${numRows})`,
        'n',
        numRows,
      );
      expect(good.n).toHaveLength(numRows);
    },
  );

  it.each([
    [9, /more than the 9 rows expected/],
    [11, /gave 10 rows, expected 11/],
  ])('refuses another number of rows than %i', async (numRows, message) => {
    await expect(database.readColumns(columns, 'FROM range(10)', 'n', numRows)).rejects.toThrow(message);
  });

  it('refuses a number that does not fit', async () => {
    const reading = database.readColumns({ n: { type: 'uint8', sql: 'range' } }, 'FROM range(300)', 'n', 300);
    await expect(reading).rejects.toThrow(/Conversion Error/);
  });
});

describe('append', () => {
  it('adds rows column by column, in their order', async () => {
    await database.run('CREATE TABLE t (n BIGINT, text VARCHAR)');
    const numbers = Array.from({ length: 5_000 }, (_, index) => BigInt(index));
    await database.append('t', [numbers, numbers.map((n) => (n % 3n === 0n ? null : `x${n}`))]);
    expect(
      await database.rows(
        'SELECT count(*) AS rows, count(text) AS texts, max(n) AS last FROM t WHERE n = rowid',
      ),
    ).toEqual([{ rows: 5_000, texts: 3_333, last: 4_999 }]);
  });

  it('adds nothing when there is nothing', async () => {
    await database.run('CREATE TABLE t (n BIGINT)');
    await database.append('t', [[]]);
    expect(await database.rows('SELECT count(*) AS rows FROM t')).toEqual([{ rows: 0 }]);
  });
});

describe('memory', () => {
  it('goes on disk with what it may not take: a sort of 200 MB within 60', async () => {
    const small = await openDatabase({ threads: 1, memoryLimitMb: 60, temporaryFolder: folder });
    let spilled = 0;
    const watch = setInterval(() => {
      spilled = Math.max(spilled, readdirSync(small.spillFolder).length);
    }, 5);
    try {
      const from =
        "FROM (SELECT hash(range) AS h, range AS n, repeat('x', 50) || range AS text FROM range(2000000))";
      await small.run(`CREATE TABLE sorted AS SELECT * ${from} ORDER BY h`);
      expect(await small.rows('SELECT count(*) AS rows, sum(n) AS sum FROM sorted')).toEqual([
        { rows: 2_000_000, sum: 1_999_999_000_000 },
      ]);
    } finally {
      clearInterval(watch);
      small.close();
    }
    expect(spilled).toBeGreaterThan(0);
  });

  it('says what to do when it is not enough', async () => {
    const tiny = await openDatabase({ threads: 1, memoryLimitMb: 20, temporaryFolder: folder });
    try {
      const query = tiny.rows(
        "SELECT length(string_agg(repeat('x', 1000) || range, '')) AS n FROM range(100000)",
      );
      await expect(query).rejects.toBeInstanceOf(InputError);
      await expect(query).rejects.toThrow(/ran out of memory .* Give it more with memoryLimitMb/);
    } finally {
      tiny.close();
    }
  });

  it('leaves nothing behind after close', async () => {
    const other = await openDatabase({ temporaryFolder: folder });
    expect(existsSync(other.spillFolder)).toBe(true);
    other.close();
    expect(existsSync(other.spillFolder)).toBe(false);
  });

  it.each([
    ['threads', 0],
    ['threads', 1.5],
    ['memoryLimitMb', -1],
  ])('refuses %s = %d', async (name, value) => {
    await expect(openDatabase({ [name]: value })).rejects.toThrow(
      `openDatabase: ${name} must be a whole number from 1`,
    );
  });
});

it('keeps its times in UTC', async () => {
  expect(await database.rows("SELECT epoch_ms('2024-01-01'::TIMESTAMPTZ) AS ms")).toEqual([
    { ms: Date.UTC(2024, 0) },
  ]);
});
