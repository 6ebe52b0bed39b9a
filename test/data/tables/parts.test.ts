import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDatabase, type Database } from '../../../lib/data/tables/database';

let database: Database;
beforeEach(async () => {
  database = await openDatabase({ threads: 2 });
  await database.run('CREATE TABLE numbers AS SELECT range AS n, range % 200 AS small FROM range(500000)');
});
afterEach(() => database.close());

describe('eachPart', () => {
  it('hands every row over, in the order of the rows that are read', async () => {
    let [expected, isInOrder] = [0, true];
    await database.eachPart(
      { n: { type: 'int32', sql: 'n' }, small: { type: 'uint8', sql: 'small' } },
      'FROM numbers WHERE n >= 0',
      ({ n, small }, count) => {
        for (let row = 0; row < count; row++) {
          isInOrder &&= n[row] === expected && small[row] === expected % 200;
          expected += 1;
        }
      },
    );
    expect([expected, isInOrder]).toEqual([500_000, true]);
  });

  it('refuses a null, and passes on what the receiver throws', async () => {
    const columns = { n: { type: 'int32', sql: 'nullif(n, 400000)' } } as const;
    await expect(database.eachPart(columns, 'FROM numbers', () => {})).rejects.toThrow('a null in n');
    const refuse = (): void => {
      throw new Error('enough');
    };
    await expect(
      database.eachPart({ n: { type: 'int32', sql: 'n' } }, 'FROM numbers', refuse),
    ).rejects.toThrow('enough');
    expect(await database.texts('SELECT CAST(max(n) AS VARCHAR) FROM numbers')).toEqual(['499999']);
  });
});

describe('keepingOrder', () => {
  it('makes a table in the order of the rows that are read', async () => {
    await database.keepingOrder('CREATE TABLE even AS SELECT n FROM numbers WHERE n % 2 = 0');
    expect(await database.rows('SELECT count(*) AS rows FROM even WHERE n = 2 * rowid')).toEqual([
      { rows: 250_000 },
    ]);
  });
});

describe('texts', () => {
  it('gives the texts of a query, and refuses what is none', async () => {
    const sql = (value: string): string => `SELECT ${value} FROM numbers WHERE n < 3 ORDER BY n`;
    expect(await database.texts(sql("'t' || n"))).toEqual(['t0', 't1', 't2']);
    await expect(database.texts(sql('CAST(NULL AS VARCHAR)'))).rejects.toThrow('a query of texts gave null');
  });
});
