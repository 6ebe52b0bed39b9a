import { basename } from 'node:path';
import { InputError } from '../base/errors';
import { badRows, type BadRows, type OnBadRow } from './bad-rows';
import { behaviors, isBehavior, type Behavior, type EventLog, type UserEvent } from './event';
import { createIntern } from './intern';
import { parseDecimal, parseTimeMs, type TimeUnit } from './parse-number';
import { readCsvRows } from './read-csv-rows';
import { readItemTable, readUserTable } from './read-csv-tables';

/** Which column of the file holds what. */
export interface CsvColumns {
  readonly user: string;
  readonly item: string;
  readonly time?: string;
  readonly behavior?: string;
  readonly rating?: string;
  readonly query?: string;
}

export interface CsvOptions {
  /**
   * Columns by name; each one named must exist. Without this option they are
   * `user_id`, `item_id`, and, where they exist, `time_ms`, `behavior`, `rating`, `query`.
   */
  readonly columns?: CsvColumns;
  /** Names of the columns for a file whose first row is already data. */
  readonly header?: readonly string[];
  /** Default `,`. */
  readonly delimiter?: string;
  /** Default `ms`. ISO text without a zone is UTC. */
  readonly timeUnit?: TimeUnit;
  /** What a row means when no column says it. Default `click`. */
  readonly behavior?: Behavior;
  /** The file's words for behaviours, for example `{ pv: 'click', buy: 'purchase' }`. */
  readonly behaviorNames?: Readonly<Record<string, Behavior>>;
  /** Default `error`. */
  readonly onBadRow?: OnBadRow;
}

/** The columns of this library's own CSV files, in the order they are written. */
export const ownColumns = {
  user: 'user_id',
  behavior: 'behavior',
  item: 'item_id',
  query: 'query',
  time: 'time_ms',
  rating: 'rating',
} as const;

/** Fields that not every log has, with their columns in this library's own CSV files. */
export const extraFields = {
  sessionId: 'session_id',
  category: 'category',
  price: 'price',
  dwellMs: 'dwell_ms',
} as const;

/**
 * Read a log from a CSV file with a header; plain or gzip.
 *
 * Blanks around a cell are taken off. An empty cell of item, query, time or rating is a missing value
 * (`null`), kept for `cleanLog` to
 * count; a cell that cannot be understood is a bad row. Without the option `columns`, the columns `session_id`, `category`,
 * `price` and `dwell_ms` are read as well where they exist. `NAME.items.csv` and `NAME.users.csv`
 * beside `NAME.csv` are read as well.
 *
 * @throws InputError for a bad file, a missing column (naming it and those that exist), broken
 *   quotes, or a bad row (unless dropped)
 */
export async function readCsv(file: string, options: CsvOptions = {}): Promise<EventLog> {
  const bad = badRows(file, options.onBadRow ?? 'error');
  const events: UserEvent[] = [];
  let rowsRead = 0;
  let toEvent: ToEvent | null = null;
  const sha256 = await readCsvRows(file, options, (values, row) => {
    if (toEvent === null) {
      toEvent = eventReader(file, values, options, bad);
      return;
    }
    rowsRead += 1;
    const event = toEvent(values, row);
    if (event) events.push(event);
  });
  if (events.length === 0) {
    const problem =
      rowsRead === 0 ? 'there is a header but no row.' : `none of its ${rowsRead} rows could be used.`;
    throw new InputError(problem, 'Export it again, or check its columns.', { file });
  }
  const stem = file.replace(/\.gz$/, '').replace(/\.(csv|tsv|txt)$/, '');
  return {
    events,
    hasTimes: events.some((event) => event.timeMs !== null),
    source: { name: basename(file), file, sha256, rowsRead, rejected: bad.counts() },
    items: await readItemTable(`${stem}.items.csv`),
    users: await readUserTable(`${stem}.users.csv`),
  };
}

type ToEvent = (values: readonly string[], row: number) => UserEvent | null;

/** What turns the cells of a row into an event, or reports the row and gives `null`. */
function eventReader(file: string, header: readonly string[], options: CsvOptions, bad: BadRows): ToEvent {
  const { timeUnit = 'ms', behavior: fixed = 'click', behaviorNames = {} } = options;
  const extra = options.columns ? [] : extraColumns(header);
  const at = locate(file, header, options.columns);
  const intern = createIntern();
  const textOrNull = (text: string): string | null => (text === '' ? null : intern(text));

  return (values, row) => {
    const refuse = (reason: string, problem: string, remedy: string): null => {
      bad.reject(row, reason, problem, remedy);
      return null;
    };
    if (values.length !== header.length) {
      const problem = `found ${values.length} columns, the header has ${header.length}.`;
      return refuse('wrong number of columns', problem, 'Quote cells that contain the delimiter.');
    }
    const cell = (column: number): string => (column === -1 ? '' : values[column]!.trim());

    const userId = cell(at.user);
    if (userId === '') return refuse('no user', `the column '${header[at.user]}' is empty.`, 'Fill it in.');

    const word = at.behavior === -1 ? fixed : cell(at.behavior);
    const behavior = Object.hasOwn(behaviorNames, word) ? behaviorNames[word]! : word;
    if (!isBehavior(behavior)) {
      const remedy = `Known are ${behaviors.join(', ')}; map others with behaviorNames.`;
      return refuse('unknown behaviour', `the behaviour '${word}' is not known.`, remedy);
    }
    const timeText = cell(at.time);
    const timeMs = parseTimeMs(timeText, timeUnit);
    if (timeText !== '' && timeMs === null) {
      const wanted = timeUnit === 'iso' ? 'an ISO 8601 date' : 'a number';
      const problem = `the time '${timeText}' is not ${wanted}.`;
      return refuse('unreadable time', problem, "Correct the row, or set timeUnit to 's', 'ms' or 'iso'.");
    }
    const ratingText = cell(at.rating);
    const rating = parseDecimal(ratingText);
    if (ratingText !== '' && rating === null) {
      return refuse('unreadable rating', `the rating '${ratingText}' is not a number.`, 'Correct the row.');
    }
    const more: Record<string, string | number | null> = {};
    for (const { field, column, isNumber } of extra) {
      const text = cell(column);
      more[field] = isNumber ? parseDecimal(text) : textOrNull(text);
      if (text !== '' && more[field] === null) {
        const name = header[column]!;
        return refuse(`unreadable ${name}`, `the ${name} '${text}' is not a number.`, 'Correct the row.');
      }
    }
    return {
      userId: intern(userId),
      behavior,
      itemId: textOrNull(cell(at.item)),
      query: textOrNull(cell(at.query)),
      timeMs,
      rating,
      ...more,
      row,
    };
  };
}

/** The extra fields that the file has a column for. */
function extraColumns(
  header: readonly string[],
): readonly { readonly field: string; readonly column: number; readonly isNumber: boolean }[] {
  return Object.entries(extraFields).flatMap(([field, name]) => {
    const column = header.indexOf(name);
    return column === -1 ? [] : [{ field, column, isNumber: field === 'price' || field === 'dwellMs' }];
  });
}

/** Positions of the columns, -1 for one that the file does not have and nobody asked for. */
function locate(
  file: string,
  header: readonly string[],
  asked: CsvColumns | undefined,
): Record<keyof CsvColumns, number> {
  const names: CsvColumns = asked ?? ownColumns;
  const required: readonly string[] = asked
    ? Object.values<string>({ ...asked })
    : [ownColumns.user, ownColumns.item];
  const missing = required.filter((name) => !header.includes(name));
  if (missing.length > 0) {
    throw new InputError(
      `there is no column '${missing.join("' and no '")}'; the columns are: ${header.join(', ')}.`,
      'Say which column is which with columns: { user, item, time, ... }, or check the delimiter.',
      { file, row: 1 },
    );
  }
  const find = (name: string | undefined): number => (name === undefined ? -1 : header.indexOf(name));
  return {
    user: find(names.user),
    item: find(names.item),
    time: find(names.time),
    behavior: find(names.behavior),
    rating: find(names.rating),
    query: find(names.query),
  };
}
