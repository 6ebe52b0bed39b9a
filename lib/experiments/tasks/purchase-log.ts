import type { EventLog } from '../../data/event';
import type { EventTable } from '../../data/tables/event-table';

const dayMs = 86_400_000;

/**
 * The purchases of a table as a log: one event a customer and day (UTC), with what was spent on it together as `price`.
 *
 * Two orders of a day are one decision to buy for the models that count purchases. Users are in the order of their first row, the events
 * of each in the order of time; items are left out. `price` is 0 where the table has none.
 */
export async function purchaseLog({ database, name, columns, source, users }: EventTable): Promise<EventLog> {
  const value = columns.includes('price') ? 'coalesce(sum(price), 0)' : '0';
  const rows = await database.rows<{ user_id: string; day: number; spent: number; first: number }>(
    `SELECT user_id::VARCHAR AS user_id, (time_ms // ${dayMs})::DOUBLE AS day, (${value})::DOUBLE AS spent,
       min(min("row")) OVER (PARTITION BY user_id)::DOUBLE AS first
     FROM ${name} WHERE behavior = 'purchase' AND time_ms IS NOT NULL
     GROUP BY user_id, time_ms // ${dayMs} ORDER BY first, day`,
  );
  const events = rows.map(({ user_id: userId, day, spent }) => ({
    userId,
    behavior: 'purchase' as const,
    itemId: null,
    query: null,
    timeMs: day * dayMs,
    rating: null,
    price: spent,
    row: 0,
  }));
  return { events, hasTimes: true, source, items: new Map(), users };
}
