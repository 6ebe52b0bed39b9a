import { InputError } from '../base/errors';
import { behaviors as behaviorNames } from '../data/event';
import { newArrays, quoteText, type Database, type ReadColumns } from '../data/tables/database';
import { hasColumn, typeOf, type EventTable } from '../data/tables/event-table';
import {
  countOutOfOrder,
  offsetsOf,
  orderWithinUsers,
  placeByUser,
  type EventColumn,
} from './events-by-user';
import { columnOfTexts, type NamedColumn } from './features/named-column';
import type { ColumnName, Sequences, SequencesRules, SkippedRows } from './sequences';
import { buildVocabulary, type Vocabulary } from './vocabulary';

/** More columns of the events of `Sequences`, one entry an event each. */
export interface Channels {
  /** Index into `behaviors`. */
  readonly behaviors: Uint8Array;
  /** Row of the event in its table, so that what is found can be looked up. */
  readonly rows: Int32Array;
  /** Index into `categoryNames`, 0 when not known; absent when the table has no categories. */
  readonly categories?: Int32Array;
  /** Names of the categories, ascending; `categoryNames[0]` is `''`. */
  readonly categoryNames?: readonly string[];
  /** NaN when not known; absent when the table has no such column. */
  readonly prices?: Float32Array;
  readonly dwellMs?: Float32Array;
  readonly ratings?: Float32Array;
}

export interface TableSequences extends Sequences {
  readonly channels: Channels;
}

export interface TableSequencesRules extends SequencesRules {
  /** Channels beside behaviour and row. Default: all that the table has. */
  readonly channels?: readonly ('category' | 'price' | 'dwell_ms' | 'rating')[];
  readonly onProgress?: (share: number) => void;
}

/**
 * Turn a table of events into one item sequence a user, in columns: the large form of `toSequences`, with the same result.
 *
 * The database joins, on disk where memory does not suffice; what is held here is at most 33 bytes an event. Users keep the order
 * of their first appearance; events are in time order, equal times in the order of their rows. Every row of the table is in a
 * sequence or counted in `skipped`.
 *
 * @throws InputError when no event is left
 */
export async function sequencesOfTable(
  table: EventTable,
  rules: TableSequencesRules = {},
): Promise<TableSequences> {
  const { database } = table;
  const usable = database.newName('usable');
  const { numEvents, skipped, hasTimes } = await selectUsable(table, rules, usable);
  if (numEvents === 0) throw nothingLeft(table, skipped);

  const users = database.newName('users');
  await database.run(
    `CREATE TABLE ${users} AS SELECT user_id, row_number() OVER (ORDER BY min(row)) - 1 AS user_index, count(*) AS events
     FROM ${usable} GROUP BY user_id`,
  );
  const userIds = await database.texts(`SELECT CAST(user_id AS VARCHAR) FROM ${users} ORDER BY user_index`);
  const { events: eventsOfUser } = await database.readColumns(
    { events: { type: 'int32', sql: 'events' }, user: { type: 'int32', sql: 'user_index' } },
    `FROM ${users}`,
    'user',
    userIds.length,
  );
  const vocabulary = rules.vocabulary ?? (await vocabularyOf(table, usable));
  const items = await indexTable(database, vocabulary.itemIds.slice(1), await typeOf(table, 'item_id'));
  const wanted = new Set<string>([
    ...(rules.channels ?? (['category', 'price', 'dwell_ms', 'rating'] as const)),
    ...(rules.columns ?? []),
  ]);
  const asked = (['category', 'price', 'dwell_ms', 'rating'] as const).filter(
    (column) => wanted.has(column) && hasColumn(table, column),
  );
  const queryNames =
    rules.columns?.includes('query') && hasColumn(table, 'query')
      ? await textsOf(database, usable, 'latest_query')
      : null;
  const queries = queryNames === null ? null : await indexTable(database, queryNames.slice(1), 'VARCHAR');
  const categoryNames = asked.includes('category') ? await textsOf(database, usable, 'category') : null;
  const categories =
    categoryNames === null ? null : await indexTable(database, categoryNames.slice(1), 'VARCHAR');

  const columns: ReadColumns = {
    item: { type: 'int32', sql: 'i.index' },
    behavior: { type: 'uint8', sql: 'enum_code(e.behavior)' },
    row: { type: 'int32', sql: 'e.row' },
    ...(hasTimes && { time: { type: 'float64', sql: 'e.time_ms' } }),
    ...(categories !== null && { category: { type: 'int32', sql: 'coalesce(c.index, 0)' } }),
    ...(queries !== null && { query: { type: 'int32', sql: 'coalesce(q.index, 0)' } }),
    ...Object.fromEntries(
      asked
        .filter((column) => column !== 'category')
        .map((column) => [column, { type: 'float32', sql: `coalesce(e.${column}, 'NaN')` } as const]),
    ),
  };
  const offsets = offsetsOf(eventsOfUser);
  const read = await readByUser(
    database,
    columns,
    `FROM ${usable} AS e JOIN ${users} AS u ON e.user_id = u.user_id JOIN ${items} AS i ON e.item_id = i.id
     ${categories === null ? '' : `LEFT JOIN ${categories} AS c ON e.category = c.id`}
     ${queries === null ? '' : `LEFT JOIN ${queries} AS q ON e.latest_query = q.id`}`,
    offsets,
    rules.onProgress,
  );
  const rows = read['row'] as Int32Array;
  const usersLeftOut =
    skipped.length === 0
      ? []
      : await database.texts(
          `SELECT CAST(user_id AS VARCHAR) FROM ${table.name} WHERE user_id NOT IN (SELECT user_id FROM ${users})
           GROUP BY user_id ORDER BY min(row)`,
        );
  await database.run(`DROP VIEW ${usable}; DROP TABLE ${users}; DROP TABLE ${items}`);
  if (categories !== null) await database.run(`DROP TABLE ${categories}`);
  if (queries !== null) await database.run(`DROP TABLE ${queries}`);
  return {
    userIds,
    offsets,
    items: read['item'] as Int32Array,
    timesMs: hasTimes ? (read['time'] as Float64Array) : null,
    vocabulary,
    skipped,
    usersLeftOut,
    outOfOrder: countOutOfOrder(offsets, rows),
    channels: {
      behaviors: read['behavior'] as Uint8Array,
      rows,
      ...(categoryNames !== null && { categories: read['category'] as Int32Array, categoryNames }),
      ...(read['price'] && { prices: read['price'] as Float32Array }),
      ...(read['dwell_ms'] && { dwellMs: read['dwell_ms'] as Float32Array }),
      ...(read['rating'] && { ratings: read['rating'] as Float32Array }),
    },
    ...(rules.columns && {
      columns: rules.columns.flatMap((name) =>
        columnOf(name, { ...read, categoryNames: categoryNames ?? [], queryNames: queryNames ?? [] }),
      ),
      itemInfo: table.items,
      userInfo: table.users,
    }),
  };
}

/** What was read of a column as names; none where no event has it. */
function columnOf(
  name: ColumnName,
  read: Readonly<Record<string, EventColumn | readonly string[]>>,
): NamedColumn[] {
  const values = read[name] as EventColumn | undefined;
  if (!values) return [];
  const coded = (names: readonly string[]): NamedColumn[] =>
    names.length > 1 ? [{ name, codes: values as Int32Array, names }] : [];
  switch (name) {
    case 'category':
      return coded(read['categoryNames'] as readonly string[]);
    case 'query':
      return coded(read['queryNames'] as readonly string[]);
    case 'behavior':
      return [
        columnOfTexts(
          name,
          Array.from(values, (code) => behaviorNames[code]!),
        ),
      ];
    case 'rating': {
      const column = columnOfTexts(
        name,
        Array.from(values, (value) => (Number.isNaN(value) ? null : String(value))),
      );
      return column.names.length > 1 ? [column] : [];
    }
  }
}

/**
 * Make a view of the rows that can be part of a sequence.
 *
 * @returns how many they are; the others, counted by reason; and whether there are times at all, or the order of rows is the order of time
 */
async function selectUsable(
  table: EventTable,
  rules: SequencesRules,
  into: string,
): Promise<{ numEvents: number; skipped: SkippedRows[]; hasTimes: boolean }> {
  const { database } = table;
  const cases: string[] = [];
  const conditions: string[] = [];
  const when = (condition: string, reason: string): void => {
    cases.push(`WHEN ${condition} THEN ${quoteText(reason)}`);
    conditions.push(`(${condition})`);
  };
  if (rules.behaviors) {
    const names = rules.behaviors.map(quoteText).join(', ');
    when(names === '' ? 'TRUE' : `behavior NOT IN (${names})`, 'behaviour not asked for');
  }
  when(hasColumn(table, 'item_id') ? 'item_id IS NULL' : 'TRUE', 'no item');
  if (rules.vocabulary && hasColumn(table, 'item_id')) {
    const known = await indexTable(
      database,
      rules.vocabulary.itemIds.slice(1),
      await typeOf(table, 'item_id'),
    );
    when(`item_id NOT IN (SELECT id FROM ${known})`, 'unknown item');
  }
  const times = hasColumn(table, 'time_ms') ? 'count(time_ms)' : '0';
  const reason = `CASE ${cases.join(' ')} END`;
  const [all] = await database.rows<{ rows: number; times: number; others: number }>(
    `SELECT count(*) AS rows, ${times} AS times, count(${reason}) AS others FROM ${table.name}`,
  );
  const counts =
    all!.others === 0
      ? [{ ...all!, reason: null }]
      : await database.rows<{ reason: string | null; rows: number; times: number }>(
          `SELECT reason, count(*) AS rows, ${times} AS times FROM (SELECT *, ${reason} AS reason FROM ${table.name}) AS labelled
           GROUP BY reason ORDER BY min(row)`,
        );
  const rest = counts.find(({ reason }) => reason === null) ?? { rows: 0, times: 0 };
  const hasTimes = rest.times > 0;
  if (hasTimes) when('time_ms IS NULL', 'no time');
  const from =
    rules.columns?.includes('query') && hasColumn(table, 'query')
      ? `(SELECT *, last_value(query IGNORE NULLS) OVER (PARTITION BY user_id ORDER BY ${hasTimes ? 'time_ms, ' : ''}row
           ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS latest_query
         FROM ${table.name} ${hasTimes ? 'WHERE time_ms IS NOT NULL' : ''}) AS searched`
      : table.name;
  await database.run(`CREATE VIEW ${into} AS SELECT * FROM ${from} WHERE NOT (${conditions.join(' OR ')})`);
  const skipped = counts.flatMap(({ reason, rows }) => (reason === null ? [] : [{ reason, rows }]));
  if (hasTimes && rest.times < rest.rows) skipped.push({ reason: 'no time', rows: rest.rows - rest.times });
  return { numEvents: hasTimes ? rest.times : rest.rows, skipped, hasTimes };
}

async function vocabularyOf({ database }: EventTable, usable: string): Promise<Vocabulary> {
  return buildVocabulary(
    await database.texts(
      `SELECT CAST(item_id AS VARCHAR) FROM (SELECT DISTINCT item_id FROM ${usable}) AS distinct_items`,
    ),
  );
}

async function textsOf(
  database: Database,
  usable: string,
  column: 'category' | 'latest_query',
): Promise<string[]> {
  const names = await database.texts(
    `SELECT DISTINCT ${column} FROM ${usable} WHERE ${column} IS NOT NULL ORDER BY ${column}`,
  );
  return ['', ...names];
}

/**
 * Make a table of ids and their indices, from 1, with ids of the type that the events have.
 *
 * An id that the type would write differently, as `007`, is none of the events'.
 */
async function indexTable(database: Database, ids: readonly string[], type: string): Promise<string> {
  const texts = database.newName('texts');
  await database.run(`CREATE TABLE ${texts} (id VARCHAR, index INTEGER)`);
  await database.append(texts, [ids, ids.map((_, index) => index + 1)]);
  if (type === 'VARCHAR') return texts;
  const name = database.newName('indices');
  await database.run(
    `CREATE TABLE ${name} AS SELECT TRY_CAST(id AS ${type}) AS id, index FROM ${texts}
     WHERE CAST(TRY_CAST(id AS ${type}) AS VARCHAR) = id`,
  );
  await database.run(`DROP TABLE ${texts}`);
  return name;
}

/** Read columns of which each user's entries stand together, in the order of time; the query has `u.user_index`. */
async function readByUser(
  database: Database,
  columns: ReadColumns,
  fromClause: string,
  offsets: Int32Array,
  onProgress: (share: number) => void = () => {},
): Promise<Readonly<Record<string, EventColumn>>> {
  const numEvents = offsets.at(-1)!;
  const arrays = newArrays(columns, numEvents);
  const place = placeByUser(offsets);
  let read = 0;
  const asked: ReadColumns = { ...columns, user: { type: 'int32', sql: 'u.user_index' } };
  await database.eachPart(asked, fromClause, (part, count) => {
    const pairs = Object.entries(arrays).map(([name, array]) => [part[name]!, array] as const);
    place(part['user'] as Int32Array, count, pairs);
    read += count;
    onProgress(read / numEvents);
  });
  if (read !== numEvents) throw new Error(`a query gave ${read} events, expected ${numEvents}`);
  const times = (arrays['time'] as Float64Array | undefined) ?? null;
  orderWithinUsers(offsets, times, arrays['row'] as Int32Array, Object.values(arrays));
  return arrays;
}

function nothingLeft({ numRows, source }: EventTable, skipped: readonly SkippedRows[]): InputError {
  const reasons = skipped.map(({ reason, rows }) => `${rows} ${reason}`).join(', ');
  const problem =
    numRows === 0
      ? 'the log has no events, so there are no users.'
      : `none of the ${numRows} events can be part of a sequence (${reasons}).`;
  const remedy = 'Check the cleaning rules, the behaviours and the column names.';
  return new InputError(problem, remedy, source.file === null ? {} : { file: source.file });
}
