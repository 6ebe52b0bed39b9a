import { expect, it } from 'vitest';
import { markBurstUsers } from '../../lib/preprocessing/bursts';
import { toyLog } from './toy-log';

const seconds = (user: string, ...times: number[]) => times.map((time) => [user, 'x', time * 1000] as const);

it('marks all events of a user who once was too fast, wherever the minute starts', () => {
  const { events } = toyLog([
    ...seconds('calm', 0, 30, 60, 90),
    ...seconds('fast', 50, 500, 59, 109),
    ['fast', 'x', null],
  ]);
  expect([...markBurstUsers(events, 2)]).toEqual([0, 0, 0, 0, 1, 1, 1, 1, 1]);
});

it('allows as many as the limit within 60 seconds, and the next one after exactly 60', () => {
  expect([...markBurstUsers(toyLog(seconds('a', 0, 1, 60)).events, 2)]).toEqual([0, 0, 0]);
  expect([...markBurstUsers(toyLog(seconds('a', 0, 1, 59.999)).events, 2)]).toEqual([1, 1, 1]);
});
