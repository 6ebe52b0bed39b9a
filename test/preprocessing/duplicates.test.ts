import { describe, expect, it } from 'vitest';
import { markDuplicates, markRepeatedViews } from '../../lib/preprocessing/duplicates';
import { toyLog } from './toy-log';

describe('markDuplicates', () => {
  it('marks copies of an event that differ in nothing, and keeps the first', () => {
    const { events } = toyLog([
      ['a', 'x', 1],
      ['a', 'x', 1, { behavior: 'cart' }],
      ['a', 'x', 1, { rating: 1 }],
      ['a', 'x', 1, { query: 'q' }],
      ['a', 'x', 2],
      ['b', 'x', 1],
      ['a', 'x', 1],
      ['a', 'x', 1],
    ]);
    expect([...markDuplicates(events)]).toEqual([0, 0, 0, 0, 0, 0, 1, 1]);
  });

  it('marks nothing that has no time', () => {
    const { events } = toyLog([
      ['a', 'x', null],
      ['a', 'x', null],
    ]);
    expect([...markDuplicates(events)]).toEqual([0, 0]);
  });
});

describe('markRepeatedViews', () => {
  it('opens a new window only with a view that is kept', () => {
    const { events } = toyLog([0, 8, 10, 11, 16, 21, 22].map((timeMs) => ['a', 'x', timeMs] as const));
    expect([...markRepeatedViews(events, 10, ['click'])]).toEqual([0, 1, 1, 0, 1, 1, 0]);
  });

  it('compares in time order, whatever the order of the rows', () => {
    const { events } = toyLog([5, 0, 20].map((timeMs) => ['a', 'x', timeMs] as const));
    expect([...markRepeatedViews(events, 10, ['click'])]).toEqual([1, 0, 0]);
  });

  it('looks at views of the same user, behaviour and item only', () => {
    const { events } = toyLog([
      ['a', 'x', 0],
      ['b', 'x', 0],
      ['a', 'y', 0],
      ['a', 'x', 0, { behavior: 'browse' }],
      ['a', 'x', 0, { behavior: 'purchase' }],
      ['a', 'x', 0, { behavior: 'purchase' }],
      ['a', null, 0],
      ['a', null, 0],
      ['a', 'x', null],
    ]);
    expect([...markRepeatedViews(events, 10, ['click', 'browse'])]).toEqual(new Array(9).fill(0));
  });
});
