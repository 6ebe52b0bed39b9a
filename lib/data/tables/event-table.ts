import { behaviors, type EventLog, type ItemInfo, type LogSource, type UserInfo } from '../event';
import { quoteText, type Database } from './database';

/**
 * The columns of the one event table, with their SQL types, in their order.
 *
 * | column | meaning |
 * |---|---|
 * | `row` | the n-th row of the source, from 1: equal times keep this order |
 * | `user_id` | never null; text, or a whole number where the source has whole numbers |
 * | `behavior` | one of `behaviors`, never null |
 * | `item_id` | as `user_id`; null where the event has none, as a search |
 * | `query` | keywords of a search |
 * | `time_ms` | milliseconds since 1970-01-01 UTC |
 * | `session_id` | the visit, where the source names it |
 * | `category` | of the item, at the time of the event |
 * | `price` | of the item, at the time of the event, in the currency of the source |
 * | `dwell_ms` | how long the user stayed |
 * | `rating` | what the user gave |
 *
 * A column that the source does not have is not in its table.
 */
export const eventColumns = {
  row: 'BIGINT',
  user_id: 'VARCHAR',
  behavior: 'behavior',
  item_id: 'VARCHAR',
  query: 'VARCHAR',
  time_ms: 'BIGINT',
  session_id: 'VARCHAR',
  category: 'VARCHAR',
  price: 'DOUBLE',
  dwell_ms: 'DOUBLE',
  rating: 'DOUBLE',
} as const;
export type EventColumn = keyof typeof eventColumns;

/** Events in a database: the large form of an `EventLog`. Nothing changes the rows of a table; cleaning makes another one. */
export interface EventTable {
  readonly database: Database;
  /** Of the table or view in the database. */
  readonly name: string;
  /** Those it has, in the order of `eventColumns`; always `row`, `user_id` and `behavior`. */
  readonly columns: readonly EventColumn[];
  readonly numRows: number;
  /** False when the source has no times at all: then the order of its rows is the order of time. */
  readonly hasTimes: boolean;
  readonly source: LogSource;
  readonly items: EventLog['items'];
  readonly users: EventLog['users'];
}

/** What a table has beside its rows. */
export interface BesideEvents {
  readonly items?: ReadonlyMap<string, ItemInfo>;
  readonly users?: ReadonlyMap<string, UserInfo>;
}

/** The SQL type `behavior` of a database; a value of it takes a byte. */
export async function defineBehavior(database: Database): Promise<void> {
  const names = behaviors.map(quoteText).join(', ');
  const known = await database.rows("SELECT 1 AS one FROM duckdb_types() WHERE type_name = 'behavior'");
  if (known.length === 0) await database.run(`CREATE TYPE behavior AS ENUM (${names})`);
}

/** Whether a table has a column. */
export const hasColumn = ({ columns }: Pick<EventTable, 'columns'>, column: EventColumn): boolean =>
  columns.includes(column);

/** The SQL type of a column: that of its source for ids. */
export async function typeOf({ database, name }: EventTable, column: EventColumn): Promise<string> {
  const [found] = await database.rows<{ type: string }>(
    `SELECT typeof(${column}) AS type FROM ${name} LIMIT 1`,
  );
  return found?.type ?? eventColumns[column];
}
