import { describe, expect, it } from 'vitest';
import type { EventLog, UserEvent } from '../../../lib/data/event';
import { loadMovieLens100k } from '../../../lib/data/movielens';
import { ratedClicks } from '../../../lib/experiments/clicks/rated-clicks';
import { checkFieldValues } from '../../../lib/recommendation/click-models/fields';

const event = (
  timeMs: number | null,
  userId: string,
  itemId: string | null,
  rating: number | null,
): UserEvent => ({ timeMs, userId, itemId, rating }) as UserEvent;

/** Ten ratings, not in the order of time; b comes late, and so does z. */
const log: Pick<EventLog, 'events' | 'items' | 'users'> = {
  events: [
    event(5, 'a', 'y', 5),
    event(1, 'a', 'x', 4),
    event(2, 'a', 'w', 2),
    event(9, 'b', 'z', 4),
    event(3, 'c', 'x', 1),
    event(4, 'c', 'y', 5),
    event(6, 'c', 'w', 5),
    event(6, 'a', 'v', 3),
    event(7, 'a', 'x', 5),
    event(8, 'c', 'y', 3),
    event(null, 'c', 'y', 3),
    event(8, 'c', null, 3),
    event(8, 'c', 'y', null),
  ],
  items: new Map([
    ['x', { title: '', categories: ['dark', 'odd'], year: 1990 }],
    ['y', { title: '', categories: ['odd'], year: null }],
    ['z', { title: '', categories: ['new'], year: 2001 }],
  ]),
  users: new Map([
    ['a', { profile: { gender: 'F' } }],
    ['b', { profile: { gender: 'X' } }],
    ['c', { profile: { gender: 'M' } }],
  ]),
};

describe('ratings as clicks', () => {
  const { fields, training, validation, test } = ratedClicks(log, { historyLength: 2 });
  const rowsOf = (name: string, part = training): number[][] => {
    const own = part.values[name]!;
    const width = own.length / part.labels.length;
    return Array.from(part.labels, (_, row) => [...own.subarray(row * width, (row + 1) * width)]);
  };

  it('are divided in the order of time, equal times as they stand', () => {
    expect([training, validation, test].map(({ labels }) => [...Array.from(labels)])).toEqual([
      [1, 0, 0, 1, 1, 1, 0, 1],
      [0],
      [1],
    ]);
    for (const part of [training, validation, test])
      expect(checkFieldValues('test', fields, part.values)).toBe(part.labels.length);
  });

  it('are told by the codes of the training rows, what came later as not known', () => {
    // Users a, c: 2, 3. Items v, w, x, y: 2 to 5.
    expect(rowsOf('user').flat()).toEqual([2, 2, 3, 3, 2, 3, 2, 2]);
    expect(rowsOf('item').flat()).toEqual([4, 3, 4, 5, 5, 3, 2, 4]);
    expect(
      [rowsOf('user', test), rowsOf('item', test), rowsOf('gender', test), rowsOf('year', test)].flat(2),
    ).toEqual([1, 1, 1, 1]);
    expect(rowsOf('year').flat()).toEqual([2, 1, 2, 1, 1, 1, 1, 2]);
    expect(rowsOf('categories').slice(0, 4)).toEqual([
      [2, 3],
      [0, 0],
      [2, 3],
      [3, 0],
    ]);
    expect(rowsOf('categories', test)).toEqual([[1, 0]]);
    expect(fields['history']).toEqual({ kind: 'categories', size: 6, most: 2 });
  });

  it('know what was liked before, the latest first, and never the row itself', () => {
    expect(rowsOf('history')).toEqual([
      [0, 0],
      [4, 0],
      [0, 0],
      [0, 0],
      [4, 0],
      [5, 0],
      [5, 4],
      [5, 4],
    ]);
    expect(rowsOf('history', validation)).toEqual([[3, 5]]);
  });

  it('must leave something for each part', () => {
    expect(() => ratedClicks(log, { trainingShare: 0.95 })).toThrow(
      '10 ratings in shares of 0.95 and 0.1 leave a part empty',
    );
    const users = new Map([['a', { profile: { item: 'x' } }]]);
    expect(() => ratedClicks({ ...log, users })).toThrow("a profile has 'item', which is a field of its own");
    expect(() => ratedClicks({ ...log, events: log.events.slice(10) })).toThrow(
      'no ratings of items with times',
    );
  });

  it('are 80,000, 10,000 and 10,000 of MovieLens-100K', async () => {
    const rated = ratedClicks(await loadMovieLens100k());
    const { labels } = rated.test;
    expect([rated.training, rated.validation, rated.test].map((part) => part.labels.length)).toEqual([
      80_000, 10_000, 10_000,
    ]);
    expect(Object.keys(rated.fields)).toEqual(
      expect.arrayContaining(['user', 'item', 'age', 'gender', 'categories']),
    );
    const liked = Array.from(labels).reduce((sum, label) => sum + label, 0);
    expect(liked).toBeGreaterThan(4_000);
  });
});
