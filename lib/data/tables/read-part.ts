import { InputError } from '../../base/errors';
import type { OnBadRow } from '../bad-rows';
import { behaviors, type RejectedRows } from '../event';
import { readLines } from '../read-lines';
import { cellsOf, columnOf, textOf, wordOf, type Cell, type CellFault, type FieldSql } from './cells';
import { quoteText, type Database } from './database';
import type { EventColumn } from './event-table';
import { damagedParquet, loadFile, type LoadedFile } from './load-file';
import type { ScannedFile } from './scan-file';
import { linesOfRows } from './survey-file';
import type { FieldOf, TableFormat } from './table-format';

/** One file of events in a database. */
export interface ReadPart {
  readonly name: string;
  readonly columns: readonly EventColumn[];
  readonly sha256: string;
  readonly rowsRead: number;
  readonly numRows: number;
  readonly hasTimes: boolean;
  readonly rejected: readonly RejectedRows[];
}

export interface ReadPartOptions {
  readonly onBadRow: OnBadRow;
  /** Of a Parquet file: see `ReadTableOptions`. */
  readonly inPlace: boolean;
}

/**
 * Read one file of events into a table of its own.
 *
 * @throws InputError as `readTable`
 */
export async function readPart(
  database: Database,
  file: string,
  format: TableFormat,
  options: ReadPartOptions,
): Promise<ReadPart> {
  const name = database.newName('events');
  try {
    return await readInto(database, name, file, format, options);
  } catch (error) {
    await database.run(`DROP ${options.inPlace ? 'VIEW' : 'TABLE'} IF EXISTS ${name}`);
    throw error;
  }
}

async function readInto(
  database: Database,
  name: string,
  file: string,
  format: TableFormat,
  { onBadRow, inPlace }: ReadPartOptions,
): Promise<ReadPart> {
  await expectPattern(database, format);
  let cells: readonly Cell[] = [];
  const asked = [
    ...Object.values<string>({ ...format.columns }),
    ...(format.leaveOut ?? []).map(({ field }) => field),
  ];
  const loaded = await loadFile(
    database,
    name,
    file,
    format,
    [...new Set(asked)],
    (scanned) => {
      const { sql, fields } = tidy(scanned, format);
      cells = cellsOf(fieldsOf(file, fields, format), format);
      return selectOf(sql, cells, [
        ...(scanned.isBroken ? [brokenRow] : []),
        ...leftOut(file, fields, format),
      ]);
    },
    {
      inPlace,
      onSurvey: ({ faults: [first] }) => {
        if (first && onBadRow === 'error') throw badRow(file, first.firstRow, first.reason, '');
      },
    },
  );
  if (format.kind === 'ndjson') await expectFields(database, name, file, format, cells);
  const broken = loaded.survey?.faults ?? [];
  const columns: EventColumn[] = ['row', ...cells.map(({ column }) => column)];
  const groups = await countRows(database, name, columns).catch((error: unknown) => {
    throw inPlace && !(error instanceof InputError) ? damagedParquet(file) : error;
  });
  const { rows: numRows, times } = groups.find(({ fault }) => fault === null) ?? { rows: 0, times: 0 };
  const faults = await faultsOf(file, format, loaded, groups);
  const expected = new Set(format.leaveOut?.map(({ reason }) => reason));
  const worst = faults.find(({ reason }) => !expected.has(reason));
  if (worst && onBadRow === 'error') throw badRow(file, worst.firstRow, worst.reason, worst.text);
  const rejected = [...broken, ...faults.map(({ reason, rows, firstRow }) => ({ reason, rows, firstRow }))];
  const rowsRead = numRows + rejected.reduce((sum, { rows }) => sum + rows, 0);
  if (numRows === 0) {
    const problem =
      rowsRead === 0 ? 'there is a header but no row.' : `none of its ${rowsRead} rows could be used.`;
    throw new InputError(problem, 'Export it again, or check its columns.', { file });
  }
  const good = await goodRows(database, name, columns, { inPlace, hasFaults: faults.length > 0 });
  return { name: good, columns, sha256: loaded.sha256, rowsRead, numRows, hasTimes: times > 0, rejected };
}

/** @throws InputError when the letters of a time's pattern mean nothing */
async function expectPattern(database: Database, { timeUnit }: TableFormat): Promise<void> {
  if (typeof timeUnit !== 'object') return;
  const { pattern } = timeUnit;
  await database.rows(`SELECT try_strptime('', ${quoteText(pattern)}) AS time`).catch(() => {
    throw new InputError(
      `'${pattern}' is no pattern of a time.`,
      'Write it with %Y %m %d %H %M %S, as in %d.%m.%Y %H:%M.',
    );
  });
}

/**
 * A file of objects has no header that could be compared: a field that no row has is a misspelt one.
 *
 * @throws InputError naming the field and those of the first object
 */
async function expectFields(
  database: Database,
  name: string,
  file: string,
  { columns: asked, optional = [] }: TableFormat,
  cells: readonly Cell[],
): Promise<void> {
  const present = cells.map(({ column }) => `count(${column}) AS ${column}`);
  const [counts] = await database.rows<Record<string, number>>(`SELECT ${present.join(', ')} FROM ${name}`);
  for (const { column } of cells) {
    const field = (Object.keys(asked) as (keyof FieldOf)[]).find((key) => columnOf[key] === column);
    if (counts![column]! > 0 || field === undefined || optional.includes(field)) continue;
    const known = new Set<string>();
    await readLines(file, (line) => {
      for (const key of keysOf(line)) known.add(key);
    });
    if (known.has(asked[field]!)) continue;
    throw new InputError(
      `no row has a field '${asked[field]!}'; the fields are: ${[...known].join(', ')}.`,
      'Say which field is which with columns: { user, item, time, ... }.',
      { file },
    );
  }
}

function keysOf(line: string): string[] {
  try {
    const value = JSON.parse(line) as unknown;
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.keys(value) : [];
  } catch {
    return []; // no JSON: counted as such
  }
}

/** Leave out the rows at fault, and what says so. @returns name of the table or view that is left */
async function goodRows(
  database: Database,
  name: string,
  columns: readonly EventColumn[],
  { inPlace, hasFaults }: { readonly inPlace: boolean; readonly hasFaults: boolean },
): Promise<string> {
  if (inPlace) {
    const view = database.newName('good');
    const where = hasFaults ? 'WHERE fault IS NULL' : '';
    await database.run(`CREATE VIEW ${view} AS SELECT ${columns.join(', ')} FROM ${name} ${where}`);
    return view;
  }
  if (hasFaults) await database.run(`DELETE FROM ${name} WHERE fault IS NOT NULL`);
  for (const column of ['fault', 'fault_text'])
    await database.run(`ALTER TABLE ${name} DROP COLUMN ${column}`);
  return name;
}

/** The fields that the format names, as the file has them. */
function fieldsOf(
  file: string,
  fields: ScannedFile['fields'],
  format: TableFormat,
): Map<keyof FieldOf, FieldSql> {
  const asked = Object.entries(format.columns) as [keyof FieldOf, string][];
  const missing = asked.filter(([column, name]) => !fields.has(name) && !format.optional?.includes(column));
  if (missing.length > 0)
    throw missingFields(
      file,
      fields,
      missing.map(([, name]) => name),
    );
  return new Map(
    asked.flatMap(([column, name]) => (fields.has(name) ? [[column, fields.get(name)!] as const] : [])),
  );
}

function missingFields(file: string, fields: ScannedFile['fields'], missing: readonly string[]): InputError {
  return new InputError(
    `there is no column '${missing.join("' and no '")}'; the columns are: ${[...fields.keys()].join(', ')}.`,
    'Say which column is which with columns: { user, item, time, ... }, or check the delimiter.',
    { file, row: 1 },
  );
}

/** The rows that the format leaves out, as faults. */
function leftOut(file: string, fields: ScannedFile['fields'], { leaveOut = [] }: TableFormat): CellFault[] {
  return leaveOut.map(({ field, test, reason }) => {
    const found = fields.get(field);
    if (!found) throw missingFields(file, fields, [field]);
    const text = `coalesce(${found.sql}::VARCHAR, '')`;
    const when =
      'equals' in test
        ? `${text} = ${quoteText(test.equals)}`
        : `starts_with(${text}, ${quoteText(test.startsWith)})`;
    return { when, text, reason };
  });
}

/** The rows of a file with their texts tidied, so that this is done once for each. */
function tidy(
  { from, row, isBroken, fields }: ScannedFile,
  { kind, columns: asked }: TableFormat,
): { sql: string; fields: ScannedFile['fields'] } {
  const tidied = [...fields].map(([name, field], index) => {
    const ofText = kind === 'parquet' && name === asked.behavior ? wordOf : textOf;
    return {
      name,
      sql: field.type === 'VARCHAR' ? ofText(field) : field.sql,
      field: { sql: `f${index}`, type: field.type },
    };
  });
  const columns = tidied.map(({ sql, field }) => `${sql} AS ${field.sql}`);
  return {
    sql: `SELECT ${[`${row} AS row`, ...(isBroken ? [`${isBroken} AS is_broken`] : []), ...columns].join(', ')} FROM ${from}`,
    fields: new Map(tidied.map(({ name, field }) => [name, field])),
  };
}

const brokenRow = { when: 'is_broken', text: "''", reason: 'no JSON object' };

/** The events of a file, with the first fault of each row beside it. */
function selectOf(rows: string, cells: readonly Cell[], first: readonly CellFault[]): string {
  const faults = [...first, ...cells.flatMap(({ faults: own }) => own)];
  const caseOf = (what: (fault: CellFault) => string): string =>
    `CASE ${faults.map((fault) => `WHEN ${fault.when} THEN ${what(fault)}`).join(' ')} END`;
  const columns = ['row', ...cells.map(({ column }) => column)].join(', ');
  return `SELECT ${columns}, ${caseOf(({ reason }) => quoteText(reason))} AS fault, ${caseOf(({ text }) => text)} AS fault_text
    FROM (SELECT *, ${cells.map(({ column, sql }) => `${sql} AS ${column}`).join(', ')} FROM (${rows}))`;
}

/** Rows of a table with the same fault, or with none. */
type Group = {
  readonly fault: string | null;
  readonly rows: number;
  readonly times: number;
  readonly first: number;
  readonly text: string | null;
};

/** The rows by their fault. A look at every cell shows whether a file that stays in place can be read at all. */
async function countRows(
  database: Database,
  name: string,
  columns: readonly EventColumn[],
): Promise<Group[]> {
  const times = columns.includes('time_ms') ? 'count(time_ms)' : '0';
  const [all] = await database.rows<{ rows: number; times: number; faults: number }>(
    `SELECT count(*) AS rows, ${times} AS times, count(fault) AS faults,
       ${columns.map((column) => `count(${column})`).join(' + ')} AS cells FROM ${name}`,
  );
  if (all!.faults === 0 && all!.rows > 0) return [{ ...all!, fault: null, first: 1, text: null }];
  return database.rows(
    `SELECT fault, count(*) AS rows, ${times} AS times, min(row) AS first, arg_min(fault_text, row) AS text
     FROM ${name} GROUP BY fault ORDER BY first`,
  );
}

interface FaultyRows extends RejectedRows {
  /** What the first of them has at its fault. */
  readonly text: string;
}

/** The rows at fault, by reason, in the order of the file; `firstRow` is a line of the file, as an editor counts. */
async function faultsOf(
  file: string,
  format: TableFormat,
  { survey }: LoadedFile,
  groups: readonly Group[],
): Promise<FaultyRows[]> {
  const faulty = groups.flatMap(({ fault, ...group }) =>
    fault === null ? [] : [{ reason: fault, ...group }],
  );
  const firsts = faulty.map(({ first }) => first);
  const lines = survey && faulty.length > 0 ? await linesOfRows(file, format, survey, firsts) : null;
  return faulty.map(({ reason, rows, first, text }) => ({
    reason,
    rows,
    firstRow: lines?.get(first) ?? first,
    text: text ?? '',
  }));
}

const remedies: Readonly<Record<string, string>> = {
  'no user': 'Fill it in.',
  'unknown behaviour': `Known are ${behaviors.join(', ')}; map others with behaviorNames.`,
  'unreadable time': "Correct the row, or set timeUnit to 's', 'ms', 'iso' or a pattern.",
  'too few columns': 'Correct the row, or check the delimiter.',
  'too many columns': 'Quote cells that contain the delimiter.',
  'broken quotes': 'Close the quote, double a quote inside a text (""), or check the delimiter.',
};

function badRow(file: string, row: number, reason: string, text: string): InputError {
  const remedy = `${remedies[reason] ?? 'Correct the row.'} Or leave such rows out, counted, with onBadRow: 'drop'.`;
  return new InputError(`${reason}${text === '' ? '' : ` ('${text}')`}.`, remedy, { file, row });
}
