import fc from 'fast-check';
import { behaviors, type EventLog, type UserEvent } from '../../lib/data/event';

/** Any small log: few users, items and times, so that equal and missing ones are frequent. Rows count from 1. */
export const anyLog: fc.Arbitrary<EventLog> = fc
  .array(
    fc.record({
      userId: fc.constantFrom('1', '2', '3'),
      behavior: fc.constantFrom(...behaviors.slice(0, 4)),
      itemId: fc.option(fc.constantFrom('9', '10', '11'), { freq: 5 }),
      query: fc.constantFrom(null, 'lamp'),
      timeMs: fc.option(
        fc.integer({ min: 0, max: 12 }).map((tens) => tens * 10_000),
        { freq: 8 },
      ),
      rating: fc.constantFrom(null, 1),
    }),
    { maxLength: 40 },
  )
  .map((rows) => {
    const events: UserEvent[] = rows.map((row, index) => ({ ...row, row: index + 1 }));
    return {
      events,
      hasTimes: events.some((event) => event.timeMs !== null),
      source: { name: 'any', file: null, sha256: '', rowsRead: events.length, rejected: [] },
      items: new Map(),
      users: new Map(),
    };
  });
