import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDatabase, quoteText, type Database } from '../../../lib/data/tables/database';
import { readTable } from '../../../lib/data/tables/read-table';
import { tableFormat } from '../../../lib/data/tables/table-format';

const folder = mkdtempSync(join(tmpdir(), 'in-place-test-'));
const file = join(folder, 'events.parquet');
const format = tableFormat({
  kind: 'parquet',
  columns: { user: 'who', item: 'what', behavior: 'how', time: 'when' },
});
let database: Database;
beforeEach(async () => {
  database = await openDatabase({ threads: 2 });
  await database.run(
    `COPY (SELECT range % 7 AS who, range % 5 AS what, CASE range WHEN 40 THEN 'stare' ELSE ' click' END AS how, range AS "when"
     FROM range(50)) TO ${quoteText(file)} (FORMAT parquet)`,
  );
});
afterEach(() => database.close());

describe('a Parquet file that stays in place', () => {
  it.each(['error', 'drop'] as const)('is the same table as a copy of it, bad rows: %s', async (onBadRow) => {
    const read = async (inPlace: boolean): Promise<unknown> => {
      const table = await readTable(database, file, { format, onBadRow, inPlace });
      return { ...table, name: '', rows: await database.rows(`SELECT * FROM ${table.name} ORDER BY row`) };
    };
    const outcome = (inPlace: boolean): Promise<unknown> =>
      read(inPlace).catch((error: unknown) => (error as Error).message);
    const [copied, inPlace] = [await outcome(false), await outcome(true)];
    expect(inPlace).toEqual(copied);
    if (onBadRow === 'error') expect(copied).toMatch(/events.parquet, row 41: unknown behaviour \('stare'\)/);
    else expect(copied).toMatchObject({ numRows: 49, source: { rejected: [{ rows: 1, firstRow: 41 }] } });
  });

  it('is looked at to its end before it counts as read', async () => {
    const bytes = readFileSync(file);
    // The first page of data stands at the beginning of the file, the names of the columns at its end.
    writeFileSync(file, bytes.fill(0xff, 4, 60));
    await expect(readTable(database, file, { format, inPlace: true })).rejects.toThrow(
      'the Parquet file is damaged',
    );
    expect(await database.rows('SELECT count(*) AS n FROM duckdb_views() WHERE NOT internal')).toEqual([
      { n: 0 },
    ]);
  });

  it('must be a Parquet file', async () => {
    const csv = tableFormat({ kind: 'csv', columns: { user: 'who' } });
    await expect(readTable(database, file, { format: csv, inPlace: true })).rejects.toThrow(
      'readTable: inPlace is for Parquet files, the format is csv',
    );
  });
});
