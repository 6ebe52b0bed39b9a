import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { InputError } from '../../../lib/base/errors';
import { createRng } from '../../../lib/base/random';
import { openDatabase, type Database } from '../../../lib/data/tables/database';
import { readTable } from '../../../lib/data/tables/read-table';
import { longestRow } from '../../../lib/data/tables/record-splitter';
import { tableFormat } from '../../../lib/data/tables/table-format';
import { temporaryFolder } from '../temporary-folder';
import { malform } from './malform';

const write = temporaryFolder();
let databases: Database[];
beforeAll(async () => {
  databases = [await openDatabase({ threads: 1 }), await openDatabase({ threads: 4 })];
});
afterAll(() => databases.forEach((database) => database.close()));

const variants = 1_000;
const format = tableFormat({ kind: 'csv', columns: { user: 'user', item: 'item', query: 'query' } });

/** A good file: quotes, quoted line ends and commas, letters beyond ASCII, empty cells. */
const queries = ['', 'lamp', '"red, ""big"""', '"two\nlines"', 'Tür 红'];
const good = Buffer.from(
  `user,item,query\n${Array.from({ length: 40 }, (_, row) => `u${row % 7},${row % 5 === 0 ? '' : `i${row}`},${queries[row % 5]}\n`).join('')}`,
);

interface Answer {
  readonly error: string | null;
  readonly rows: readonly (readonly (string | number | null)[])[];
  readonly rowsRead: number;
  readonly rejected: readonly { readonly reason: string; readonly rows: number; readonly firstRow: number }[];
}

async function read(database: Database, file: string): Promise<Answer> {
  try {
    const { name, source, numRows } = await readTable(database, file, { format, onBadRow: 'drop' });
    const rows = await database.rows<Record<string, string | number | null>>(
      `SELECT row, user_id, item_id, query FROM ${name} ORDER BY row`,
    );
    expect(rows).toHaveLength(numRows);
    return {
      error: null,
      rows: rows.map((row) => Object.values(row)),
      rowsRead: source.rowsRead,
      rejected: source.rejected,
    };
  } catch (error) {
    expect(error).toBeInstanceOf(InputError);
    return { error: (error as InputError).message, rows: [], rowsRead: 0, rejected: [] };
  }
}

/**
 * Records of an independent reader, header first; `null` where it gives up, or is known to differ:
 *
 * - it takes a zero byte behind a closing quote for the end of the field; we call that broken;
 * - it measures a row without its delimiters; to us a line of more than 1 MiB is a row at fault, even if it ends within quotes.
 */
function readIndependently(bytes: Buffer): string[][] | null {
  if (bytes.includes('"\0')) return null;
  if (
    bytes
      .toString('latin1')
      .split(/[\r\n]/)
      .some((line) => line.length > longestRow)
  )
    return null;
  try {
    return parse(bytes, {
      bom: true,
      relax_column_count: true,
      skip_empty_lines: true,
      // By itself it takes the first kind of line end that it meets for the only one!.
      record_delimiter: ['\r\n', '\n', '\r'],
      max_record_size: longestRow,
    }) as string[][];
  } catch {
    return null;
  }
}

it(`answers ${variants} malformed files with a table that accounts for every row, or one InputError; as csv-parse, where that can read them`, async () => {
  const rng = createRng(20_240_501);
  const seen = { errors: 0, tables: 0, withRejected: 0, compared: 0, reasons: new Set<string>() };
  for (let variant = 0; variant < variants; variant += 1) {
    const bytes = malform(good, rng.child('variant', variant));
    const file = write('variant.csv', bytes);
    const start = performance.now();
    const [one, four] = await Promise.all(databases.map((database) => read(database, file)));
    const place = `variant ${variant}: ${JSON.stringify(bytes.toString('latin1').slice(0, 4_000))}`;
    expect(performance.now() - start, place).toBeLessThan(10_000);
    expect(four, place).toEqual(one);
    const records = readIndependently(bytes);
    if (one!.error === null) {
      const rejected = one!.rejected.reduce((sum, { rows }) => sum + rows, 0);
      expect(one!.rows.length + rejected, place).toBe(one!.rowsRead);
      seen.tables += 1;
      if (rejected > 0) seen.withRejected += 1;
      for (const { reason } of one!.rejected) seen.reasons.add(reason);
      if (records) {
        seen.compared += 1;
        expect(one!.rows, place).toEqual(expectedRows(records));
        expect(one!.rowsRead, place).toBe(records.length - 1);
      }
    } else {
      seen.errors += 1;
      // What another reader takes is refused for what it says, not for how it is laid out.
      if (records)
        expect(one!.error, place).toMatch(
          / no column |column '.*' twice|could be used|no row|not UTF-8|is empty|header/,
        );
    }
  }
  // Each way of ending was there, and often.
  expect(seen.errors).toBeGreaterThan(variants / 5);
  expect(seen.tables).toBeGreaterThan(variants / 2);
  expect(seen.withRejected).toBeGreaterThan(variants / 4);
  expect(seen.compared).toBeGreaterThan(variants / 4);
  expect([...seen.reasons].sort()).toEqual([
    'broken quotes',
    'control character',
    'no user',
    'row too long',
    'too few columns',
    'too many columns',
  ]);
}, 240_000);

/** What the table should hold: rows of the header's length with a user and without a zero byte. */
function expectedRows([header, ...records]: string[][]): (string | number | null)[][] {
  const at = ['user', 'item', 'query'].map((name) => header!.map((cell) => cell.trim()).indexOf(name));
  const cell = (text: string): string | null => text.trim() || null;
  return records.flatMap((record, index) => {
    const cells = at.map((column) => cell(record[column] ?? ''));
    const isGood = record.length === header!.length && cells[0] !== null && !record.join('').includes('\0');
    return isGood ? [[index + 1, ...cells]] : [];
  });
}
