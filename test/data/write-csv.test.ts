import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { behaviors, type EventLog, type UserEvent } from '../../lib/data/event';
import { readCsv } from '../../lib/data/read-csv';
import { csvSha256, eventRows, itemRows, writeCsv } from '../../lib/data/write-csv';
import { temporaryFolder } from './temporary-folder';

const folder = dirname(temporaryFolder()('x', ''));
const text = fc.stringMatching(/^[a-z"',;|\n#]{1,6}$/).filter((value) => value.trim() === value);
const event: fc.Arbitrary<UserEvent> = fc.record({
  userId: text,
  behavior: fc.constantFrom(...behaviors),
  itemId: fc.option(text),
  query: fc.option(text),
  timeMs: fc.option(fc.integer()),
  rating: fc.option(fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0)),
  row: fc.constant(0),
});
const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);
const extra = fc.record({
  sessionId: fc.option(text),
  category: fc.option(text),
  price: fc.option(number),
  dwellMs: fc.option(number),
});

it('is read back as the same log, with the hash that was foretold', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(event, { minLength: 1, maxLength: 20 }), async (events) => {
      const log: EventLog = {
        events,
        hasTimes: events.some(({ timeMs }) => timeMs !== null),
        source: { name: '', file: null, sha256: '', rowsRead: 0, rejected: [] },
        items: new Map([['i', { title: 'A, "b"', categories: ['x', 'y z'], year: 1999, price: 0.1 }]]),
        users: new Map([
          ['u', { profile: { age: '1' } }],
          ['v', { profile: { city: 'Ulm, "old town"' } }],
        ]),
      };
      await writeCsv(join(folder, 'log'), log);
      const back = await readCsv(join(folder, 'log.csv'));
      expect(back.events.map((read) => ({ ...read, row: 0 }))).toEqual(events);
      expect(back.hasTimes).toBe(log.hasTimes);
      expect(back.items).toEqual(log.items);
      expect(back.users).toEqual(log.users);
      expect(back.source.sha256).toBe(csvSha256(events));
    }),
    { numRuns: 60, seed: 5 },
  );
});

it('has columns for session, category, price and dwell time where an event has them', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(event, extra), { minLength: 1, maxLength: 9 }),
      fc.subarray(['sessionId', 'category', 'price', 'dwellMs'] as const),
      async (pairs, fields) => {
        const events = pairs.map(([plain, more]): UserEvent => {
          const kept = fields.map((field) => [field, more[field]] as const);
          return { ...plain, ...(Object.fromEntries(kept) as Partial<typeof more>) };
        });
        const source = { name: '', file: null, sha256: '', rowsRead: 0, rejected: [] };
        const log = { events, hasTimes: true, source, items: new Map(), users: new Map() };
        await writeCsv(join(folder, 'more'), log);
        const back = await readCsv(join(folder, 'more.csv'));
        expect(back.events.map((read) => ({ ...read, row: 0 }))).toEqual(events);
        expect(back.source.sha256).toBe(csvSha256(events));
      },
    ),
    { numRuns: 60, seed: 6 },
  );
});

it('leaves a cell empty where one event has a field and another does not', () => {
  const plain = { behavior: 'click', itemId: 'i', query: null, timeMs: 1, rating: null, row: 0 } as const;
  const events: UserEvent[] = [
    { userId: 'a', ...plain, price: 1.5 },
    { userId: 'b', ...plain },
  ];
  expect([...eventRows(events)]).toEqual([
    'user_id,behavior,item_id,query,time_ms,rating,price\n',
    'a,click,i,,1,,1.5\n',
    'b,click,i,,1,,\n',
  ]);
});

it('refuses a category that could not be read back', () => {
  const items = new Map([['i', { title: '', categories: ['a|b'], year: null }]]);
  expect(() => [...itemRows(items)]).toThrow(/a category of item 'i' contains '\|'/);
});
