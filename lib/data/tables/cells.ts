import { behaviors } from '../event';
import { quoteText } from './database';
import type { EventColumn } from './event-table';
import type { FieldOf, TableFormat } from './table-format';

/** What can be wrong with a cell: SQL condition, in which the columns have their names, SQL of the text at fault, and the reason. */
export interface CellFault {
  readonly when: string;
  readonly text: string;
  readonly reason: string;
}

/** How a field becomes a column: its SQL, and when it cannot be understood. */
export interface Cell {
  readonly column: EventColumn;
  readonly sql: string;
  readonly faults: readonly CellFault[];
}

/** What the source holds of a field: text to be understood, or a value of an SQL type. */
export type FieldSql = { readonly sql: string; readonly type: string };

/** Which column of the event table each field becomes. */
export const columnOf: Readonly<Record<keyof FieldOf, EventColumn>> = {
  user: 'user_id',
  behavior: 'behavior',
  item: 'item_id',
  query: 'query',
  time: 'time_ms',
  session: 'session_id',
  category: 'category',
  price: 'price',
  dwell: 'dwell_ms',
  rating: 'rating',
};

const isWhole = (type: string): boolean => /^U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?$/.test(type);
const isNumber = (type: string): boolean => isWhole(type) || /^(FLOAT|DOUBLE|DECIMAL.*)$/.test(type);

/** What JavaScript's `trim` takes off, and a byte order mark is among it. */
const blanks = [
  ...[9, 10, 11, 12, 13, 32, 160, 0x1680, 0x2028, 0x2029, 0x202f, 0x205f, 0x3000, 0xfeff],
  ...Array.from({ length: 11 }, (_, index) => 0x2000 + index),
];
const blankText = quoteText(String.fromCodePoint(...blanks));
const blankClass = `[${blanks.map((code) => `\\x{${code.toString(16)}}`).join('')}]`;

/** A text without blanks around it; null when nothing is left. Other types become text. */
export const textOf = ({ sql, type }: FieldSql): string =>
  type === 'VARCHAR'
    ? // To look first takes half the time of trimming all, and a twentieth for Chinese.
      `CASE WHEN ${sql} <> '' AND NOT regexp_matches(${sql}, '^${blankClass}|${blankClass}$') THEN ${sql}
         ELSE nullif(trim(${sql}, ${blankText}), '') END`
    : `CAST(${sql} AS VARCHAR)`;

/** The same for a text of which a Parquet file has few: its dictionary is trimmed, not every row. */
export const wordOf = ({ sql }: FieldSql): string => `nullif(trim(${sql}, ${blankText}), '')`;

/** SQL of a field within `cellsOf`: of texts, what `textOf` made of them. */
const asText = ({ sql, type }: FieldSql): string => (type === 'VARCHAR' ? sql : `CAST(${sql} AS VARCHAR)`);

/**
 * The SQL that turns the fields of a row into the columns of the event table.
 *
 * Fields of type VARCHAR are taken as `textOf` makes them. Numbers are finite decimal numbers. A fault may name the columns.
 */
export function cellsOf(fields: ReadonlyMap<keyof FieldOf, FieldSql>, format: TableFormat): Cell[] {
  const cells: Cell[] = [];
  for (const [name, column] of Object.entries(columnOf) as [keyof FieldOf, EventColumn][]) {
    const field = fields.get(name);
    if (name === 'behavior') {
      cells.push(behaviorCell(field, format));
    } else if (field) {
      cells.push(name === 'time' ? timeCell(field, format) : otherCell(column, field, format));
    }
  }
  return cells;
}

function otherCell(column: EventColumn, field: FieldSql, format: TableFormat): Cell {
  if (column === 'user_id') return idCell(column, field, 'user', format);
  if (column === 'item_id') return idCell(column, field, 'item', format);
  if (column === 'session_id')
    return idCell(column, { sql: asText(field), type: 'VARCHAR' }, 'session', format);
  if (column !== 'price' && column !== 'rating' && column !== 'dwell_ms') {
    return { column, sql: asText(field), faults: [] };
  }
  const scale = column === 'dwell_ms' && format.dwellInSeconds ? ' * 1000' : '';
  const number = numberOf(field);
  const what = column === 'dwell_ms' ? 'dwell' : column;
  return { column, sql: `${number}${scale}`, faults: [unreadable(field, column, what)] };
}

function idCell(
  column: EventColumn,
  field: FieldSql,
  what: 'user' | 'item' | 'session',
  { wholeNumbers = [] }: TableFormat,
): Cell {
  const text = asText(field);
  const missing = what === 'user' ? [{ when: `${field.sql} IS NULL`, text: "''", reason: 'no user' }] : [];
  if (isWhole(field.type)) return { column, sql: field.sql, faults: missing };
  if (!wholeNumbers.includes(what)) return { column, sql: text, faults: missing };
  const number = numberOf(field);
  const sql = `CASE WHEN ${number} = trunc(${number}) AND abs(${number}) < 9007199254740992
    THEN CAST(CAST(${number} AS BIGINT) AS VARCHAR) END`;
  return { column, sql, faults: [...missing, unreadable(field, column, what)] };
}

function behaviorCell(
  field: FieldSql | undefined,
  { behavior = 'click', behaviorNames = {} }: TableFormat,
): Cell {
  if (!field) return { column: 'behavior', sql: `CAST(${quoteText(behavior)} AS behavior)`, faults: [] };
  const text = `coalesce(${asText(field)}, '')`;
  const named = Object.entries(behaviorNames).map(
    ([word, meaning]) => `WHEN ${quoteText(word)} THEN CAST(${quoteText(meaning)} AS behavior)`,
  );
  const own = behaviors
    .filter((name) => !Object.hasOwn(behaviorNames, name))
    .map((name) => `WHEN ${quoteText(name)} THEN CAST(${quoteText(name)} AS behavior)`);
  const sql = `CASE ${text} ${[...named, ...own].join(' ')} END`;
  return {
    column: 'behavior',
    sql,
    faults: [{ when: 'behavior IS NULL', text, reason: 'unknown behaviour' }],
  };
}

/** A finite number. The cast alone would take `1_000`, `nan` and `infinity` as well. */
function numberOf({ sql, type }: FieldSql): string {
  if (isWhole(type)) return `CAST(${sql} AS DOUBLE)`;
  const number = isNumber(type) ? `CAST(${sql} AS DOUBLE)` : `TRY_CAST(${sql} AS DOUBLE)`;
  const isPlain = isNumber(type) ? '' : ` AND NOT contains(${sql}, '_')`;
  return `CASE WHEN isfinite(${number})${isPlain} THEN ${number} END`;
}

/** What a `Date` can hold, ms either side of 1970. */
const latestMs = 8.64e15;

function timeCell(field: FieldSql, { timeUnit = 'ms' }: TableFormat): Cell {
  const { sql, type } = field;
  const text = asText(field);
  const cell = (time: string): Cell => ({
    column: 'time_ms',
    sql: time,
    faults: [unreadable(field, 'time_ms', 'time')],
  });
  if (/^(TIMESTAMP|DATE)/.test(type)) return cell(`CASE WHEN isfinite(${sql}) THEN epoch_ms(${sql}) END`);
  if (typeof timeUnit === 'object')
    return cell(`epoch_ms(try_strptime(${text}, ${quoteText(timeUnit.pattern)}))`);
  // The fifth character tells a date from words that a cast would take, as 'epoch'; a bracket is a year before Christ.
  if (timeUnit === 'iso') {
    return cell(`CASE WHEN substr(${text}, 5, 1) = '-' AND NOT contains(${text}, '(')
      THEN epoch_ms(TRY_CAST(replace(${text}, ',', '.') AS TIMESTAMPTZ)) END`);
  }
  const scale = timeUnit === 's' ? 1000 : 1;
  const number = isWhole(type) ? `TRY_CAST(${sql} AS BIGINT)` : numberOf(field);
  const latest = latestMs / scale;
  return cell(
    `CASE WHEN ${number} BETWEEN -${latest} AND ${latest} THEN CAST(round(${number} * ${scale}) AS BIGINT) END`,
  );
}

function unreadable(field: FieldSql, column: EventColumn, what: string): CellFault {
  const when = `${field.sql} IS NOT NULL AND ${column} IS NULL`;
  return { when, text: asText(field), reason: `unreadable ${what}` };
}
