import fc from 'fast-check';
import { behaviors } from '../../lib/data/event';
import type { EventColumns } from '../../lib/preprocessing/features/feature';
import { buildVocabulary } from '../../lib/preprocessing/vocabulary';
import type { Sequences } from '../../lib/preprocessing/sequences';

export type TimedColumns = EventColumns & Sequences & { readonly timesMs: Float64Array };

/** What one user did, event by event: time in ms, and whatever else a test needs. */
export interface ColumnEvent {
  readonly timeMs: number;
  readonly item?: number;
  readonly behavior?: number;
  readonly price?: number;
  readonly category?: number;
}

/** Columns of literal events, one list a user, put in time order; a number alone is a time. */
export function columnsOf(...users: readonly (readonly (ColumnEvent | number)[])[]): TimedColumns {
  const histories = users.map((events) =>
    events
      .map((event): ColumnEvent => (typeof event === 'number' ? { timeMs: event } : event))
      .toSorted((a, b) => a.timeMs - b.timeMs),
  );
  const offsets = new Int32Array(users.length + 1);
  for (const [user, events] of histories.entries()) offsets[user + 1] = offsets[user]! + events.length;
  const all = histories.flat();
  return {
    userIds: users.map((_, user) => `u${user}`),
    offsets,
    items: Int32Array.from(all, ({ item }) => item ?? 1),
    timesMs: Float64Array.from(all, ({ timeMs }) => timeMs),
    behaviors: Uint8Array.from(all, ({ behavior }) => behavior ?? 2),
    prices: Float64Array.from(all, ({ price }) => price ?? NaN),
    categories: Int32Array.from(all, ({ category }) => category ?? 0),
    vocabulary: buildVocabulary(['1', '2', '3', '4', '5', '6']),
    skipped: [],
    usersLeftOut: [],
    outOfOrder: 0,
  };
}

const anyEvent = fc.record({
  timeMs: fc.nat(60).map((minutes) => minutes * 60_000),
  item: fc.integer({ min: 1, max: 6 }),
  behavior: fc.nat(behaviors.length - 1),
  price: fc.oneof({ arbitrary: fc.nat(50), weight: 4 }, fc.constant(NaN)),
  category: fc.nat(2),
});

/** Histories of some users, some of them empty; few different times, so that equal ones are frequent. */
export const anyUsers = fc.array(
  fc.array(anyEvent, { maxLength: 12 }).map((events) => events.toSorted((a, b) => a.timeMs - b.timeMs)),
  { minLength: 2, maxLength: 6 },
);

/** Columns of such histories, with at least one event. */
export const anyColumns = anyUsers
  .filter((users) => users.flat().length > 0)
  .map((users) => columnsOf(...users));
