import type { EventLog, UserEvent } from '../event';
import type { Cell, Database } from './database';
import { defineBehavior, eventColumns, type EventColumn, type EventTable } from './event-table';

/** Rows handed over at a time. */
const rowsOfPart = 1 << 16;

/**
 * Put a log that is held in memory into a database; a column that no event says anything of is left out.
 *
 * `row` is the position in `log.events`, from 1, whatever rows the events have themselves. A time that is not finite is no time;
 * fractions of a millisecond are rounded.
 */
export async function tableOfLog(database: Database, log: EventLog): Promise<EventTable> {
  await defineBehavior(database);
  const { events } = log;
  const own = columnsOf.filter(
    ({ column, of }) => always.includes(column) || events.some((event) => of(event) !== null),
  );
  const columns = own.map(({ column }) => column);
  const name = database.newName('events');
  await database.run(
    `CREATE TABLE ${name} (${columns.map((column) => `${column} ${eventColumns[column]}`).join(', ')})`,
  );
  for (let start = 0; start < events.length; start += rowsOfPart) {
    const part = events.slice(start, start + rowsOfPart);
    await database.append(
      name,
      own.map(({ column, of }) =>
        part.map((event, index) => (column === 'row' ? BigInt(start + index + 1) : of(event))),
      ),
    );
  }
  return {
    database,
    name,
    columns,
    numRows: events.length,
    hasTimes: log.hasTimes,
    source: log.source,
    items: log.items,
    users: log.users,
  };
}

/** Columns that a table has even if no event says anything of them. */
const always: readonly EventColumn[] = [
  'row',
  'user_id',
  'behavior',
  'item_id',
  'query',
  'time_ms',
  'rating',
];

const columnsOf: readonly { readonly column: EventColumn; readonly of: (event: UserEvent) => Cell }[] = [
  { column: 'row', of: () => null },
  { column: 'user_id', of: ({ userId }) => userId },
  { column: 'behavior', of: ({ behavior }) => behavior },
  { column: 'item_id', of: ({ itemId }) => itemId },
  { column: 'query', of: ({ query }) => query },
  {
    column: 'time_ms',
    of: ({ timeMs }) => (timeMs !== null && Number.isFinite(timeMs) ? BigInt(Math.round(timeMs)) : null),
  },
  { column: 'session_id', of: ({ sessionId }) => sessionId ?? null },
  { column: 'category', of: ({ category }) => category ?? null },
  { column: 'price', of: ({ price }) => price ?? null },
  { column: 'dwell_ms', of: ({ dwellMs }) => dwellMs ?? null },
  { column: 'rating', of: ({ rating }) => rating },
];
