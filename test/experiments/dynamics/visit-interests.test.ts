import { describe, expect, it } from 'vitest';
import type { UserEvent } from '../../../lib/data/event';
import { visitInterests, windowsOfVisits } from '../../../lib/experiments/dynamics/visit-interests';

const minuteMs = 60_000;
const event = (userId: string, minutes: number, itemId: string | null): UserEvent => ({
  userId,
  behavior: itemId === null ? 'search' : 'browse',
  itemId,
  query: itemId === null ? 'a word' : null,
  timeMs: minutes * minuteMs,
  rating: null,
  row: 0,
});
const items = new Map(
  Object.entries({ lamp: ['home'], kite: ['toys', 'sport'], thing: [] as string[] }).map(
    ([id, categories]) => [id, { title: id, categories, year: null }],
  ),
);
const logOf = (...events: UserEvent[]) => ({ events, hasTimes: true, items });

describe('interests by visit', () => {
  it('cuts at pauses, shares an item among its categories, and leaves out visits that tell none', () => {
    const found = visitInterests(
      logOf(
        event('ann', 0, 'lamp'),
        event('ann', 10, 'kite'),
        event('ann', 15, null),
        event('ann', 100, 'kite'),
        event('ann', 200, null), // a visit of a search alone
        event('bob', 5, 'thing'), // an item of no category
      ),
    );
    expect(found.kinds).toEqual(['home', 'sport', 'toys']);
    expect(found.userIds).toEqual(['ann']);
    expect(found.withoutKind).toBe(2);
    expect(found.visits[0]!.map(({ counts }) => [...counts])).toEqual([
      [1, 0.5, 0.5],
      [0, 0.5, 0.5],
    ]);
    expect(found.visits[0]!.map(({ mainKind }) => mainKind)).toEqual([0, 1]);
    expect(found.visits[0]!.map(({ startMs }) => startMs / minuteMs)).toEqual([0, 100]);
    expect(found.visits[0]![0]!.itemIds).toEqual(['lamp', 'kite']);
  });

  it('joins visits over a longer pause where asked', () => {
    const log = logOf(event('ann', 0, 'lamp'), event('ann', 100, 'kite'));
    expect(visitInterests(log, { gapMs: 120 * minuteMs }).visits[0]!).toHaveLength(1);
  });

  it('counts windows from the start given', () => {
    const visits = [0, 59, 60, 185].map((minutes) => ({ startMs: minutes * minuteMs }));
    expect([...windowsOfVisits(visits, { startMs: 0, windowMs: 60 * minuteMs })]).toEqual([0, 0, 1, 3]);
    expect(() => windowsOfVisits(visits, { startMs: 1, windowMs: 1 })).toThrow('visit 0 is before');
    expect(() => windowsOfVisits(visits, { startMs: 0, windowMs: 0 })).toThrow('above 0, got 0');
  });

  it('refuses items without any category', () => {
    expect(() => visitInterests({ ...logOf(event('ann', 0, 'lamp')), items: new Map() })).toThrow(
      'no item has a category',
    );
  });
});
