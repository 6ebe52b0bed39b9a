import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import type { OnBadRow } from '../bad-rows';
import type { Behavior, RejectedRows } from '../event';
import type { Database } from './database';
import {
  defineBehavior,
  eventColumns,
  type BesideEvents,
  type EventColumn,
  type EventTable,
} from './event-table';
import { readPart, type ReadPart } from './read-part';
import type { TableFormat } from './table-format';

/** One file of a log that is spread over several. */
export interface TablePart {
  readonly file: string;
  /** What its rows mean, where no field says it. Default: that of the format. */
  readonly behavior?: Behavior;
}

export interface ReadTableOptions extends BesideEvents {
  readonly format: TableFormat;
  /** Default `error`. */
  readonly onBadRow?: OnBadRow;
  /**
   * Leave a Parquet file where it is, and read it anew for every question, which takes no room and a little more time. It must stay
   * as it is for as long as the table is used. Default false: its rows are copied into the database.
   */
  readonly inPlace?: boolean;
  /** Default: the names of the files. */
  readonly name?: string;
}

/**
 * Read a file of events into a database, or several of the same format; CSV, NDJSON and blanks plain or gzip.
 *
 * Every row is in the table, or refused, or counted by reason in `source.rejected`: bad rows with `onBadRow: 'drop'`, and those that
 * the format leaves out. Rows keep the order of the file in the column `row`; those of a second file are numbered on. Nothing is
 * cleaned here. Ids become texts, but whole numbers of a Parquet file stay numbers. The sha256 of several files is that of their
 * own, in hexadecimal, one a line; `source.file` is then `null`, and a reason names its file.
 *
 * @throws InputError for a bad file, a missing field (naming it and those that exist), a bad row (unless dropped), or no row left
 * @throws RangeError when there is no file, the layout cannot be, or a text file is to stay in place
 */
export async function readTable(
  database: Database,
  source: string | readonly TablePart[],
  options: ReadTableOptions,
): Promise<EventTable> {
  const { format, onBadRow = 'error', inPlace = false, items = new Map(), users = new Map() } = options;
  const files: readonly TablePart[] = typeof source === 'string' ? [{ file: source }] : source;
  if (files.length === 0) throw new RangeError('readTable: source must name at least one file, got none');
  if (inPlace && format.kind !== 'parquet') {
    throw new RangeError(`readTable: inPlace is for Parquet files, the format is ${format.kind}`);
  }
  await defineBehavior(database);
  const parts: ReadPart[] = [];
  for (const { file, behavior } of files) {
    const own = behavior === undefined ? format : { ...format, behavior };
    try {
      parts.push(await readPart(database, file, own, { onBadRow, inPlace }));
    } catch (error) {
      for (const { name } of parts) await database.run(`DROP ${inPlace ? 'VIEW' : 'TABLE'} ${name}`);
      throw error;
    }
  }
  const columns = (Object.keys(eventColumns) as EventColumn[]).filter((column) =>
    parts.some((part) => part.columns.includes(column)),
  );
  const view = database.newName('log');
  await database.run(`CREATE VIEW ${view} AS SELECT ${columns.join(', ')} FROM (${unionOf(parts)})`);
  const sum = (of: (part: ReadPart) => number): number => parts.reduce((total, part) => total + of(part), 0);
  const [only, ...others] = parts;
  const isOne = others.length === 0;
  return {
    database,
    name: view,
    columns,
    numRows: sum(({ numRows }) => numRows),
    hasTimes: parts.some(({ hasTimes }) => hasTimes),
    source: {
      name: options.name ?? files.map(({ file }) => basename(file)).join(' + '),
      file: isOne ? files[0]!.file : null,
      sha256: isOne ? only!.sha256 : sha256Of(parts),
      rowsRead: sum(({ rowsRead }) => rowsRead),
      rejected: isOne
        ? only!.rejected
        : parts.flatMap((part, index) => withFile(part.rejected, files[index]!.file)),
    },
    items,
    users,
  };
}

/** The rows of all parts, numbered on. */
function unionOf(parts: readonly ReadPart[]): string {
  let before = 0;
  const selects = parts.map(({ name, columns, rowsRead }) => {
    const isMoved = (column: EventColumn): boolean => column === 'row' && before > 0;
    const named = columns.map((column) => (isMoved(column) ? `row + ${before} AS row` : column));
    before += rowsRead;
    return `SELECT ${named.join(', ')} FROM ${name}`;
  });
  return selects.join(' UNION ALL BY NAME ');
}

function sha256Of(parts: readonly ReadPart[]): string {
  return createHash('sha256')
    .update(parts.map(({ sha256 }) => `${sha256}\n`).join(''))
    .digest('hex');
}

const withFile = (rejected: readonly RejectedRows[], file: string): RejectedRows[] =>
  rejected.map((rows) => ({ ...rows, reason: `${rows.reason} (${basename(file)})` }));
