import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { UserEvent } from '../../lib/data/event';
import { markBelowMinimum } from '../../lib/preprocessing/k-core';
import { anyLog } from './any-log';
import { toyLog } from './toy-log';

it('goes on until all that remain have enough', () => {
  // Item z is rare; without it b has one event; without b, y has one event; without y, a still has two.
  const { events } = toyLog([
    ['a', 'x', 1],
    ['a', 'x', 2],
    ['a', 'y', 3],
    ['b', 'y', 4],
    ['b', 'z', 5],
  ]);
  const { byUser, byItem } = markBelowMinimum(events, { perUser: 2, perItem: 2 });
  expect([...byItem]).toEqual([0, 0, 1, 0, 1]);
  expect([...byUser]).toEqual([0, 0, 0, 1, 0]);
});

it('counts an event without an item for its user only', () => {
  const { events } = toyLog([
    ['a', null, 1],
    ['a', null, 2],
  ]);
  const { byUser, byItem } = markBelowMinimum(events, { perUser: 2, perItem: 5 });
  expect([...byUser, ...byItem]).toEqual([0, 0, 0, 0]);
});

it('leaves the same events as removing one bad event at a time, in any order', () => {
  const minimum = fc.integer({ min: 0, max: 5 });
  fc.assert(
    fc.property(anyLog, minimum, minimum, ({ events }, perUser, perItem) => {
      const { byUser, byItem } = markBelowMinimum(events, { perUser, perItem });
      expect(byUser.some((mark, index) => mark === 1 && byItem[index] === 1)).toBe(false);
      const kept = events.filter((_, index) => byUser[index] === 0 && byItem[index] === 0);
      expect(kept).toEqual(oneAtATime(events, perUser, perItem));
    }),
    { seed: 16 },
  );
});

function oneAtATime(events: readonly UserEvent[], perUser: number, perItem: number): UserEvent[] {
  const left = [...events];
  const count = (isSame: (event: UserEvent) => boolean): number => left.filter(isSame).length;
  for (;;) {
    const bad = left.findLastIndex(
      ({ userId, itemId }) =>
        count((event) => event.userId === userId) < perUser ||
        (itemId !== null && count((event) => event.itemId === itemId) < perItem),
    );
    if (bad === -1) return left;
    left.splice(bad, 1);
  }
}
