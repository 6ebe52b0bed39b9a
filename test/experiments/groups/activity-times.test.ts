import { describe, expect, it } from 'vitest';
import { activityTimes } from '../../../lib/experiments/groups/activity-times';

// 2024-01-01 was a Monday.
const at = (day: number, hour: number): number => Date.UTC(2024, 0, day, hour, 30);
const places = (shares: Float64Array | null): [number, number][] =>
  [...shares!.entries()].filter(([, share]) => share > 0);

describe('hours and days of a group', () => {
  const times = [[at(1, 8), at(1, 8), at(1, 8), at(7, 23)], [at(3, 20)], [at(2, 5)], []];
  const labels = [0, 0, -1, 1];

  it('count each user the same, or each event', () => {
    const [byUser, empty] = activityTimes(times, labels, 2, { timeZone: 'UTC' });
    expect(byUser).toMatchObject({ users: 2, events: 5 });
    expect(places(byUser!.hours)).toEqual([
      [8, 0.375],
      [20, 0.5],
      [23, 0.125],
    ]);
    expect(places(byUser!.days)).toEqual([
      [0, 0.375],
      [2, 0.5],
      [6, 0.125],
    ]);
    expect(places(byUser!.week).map(([place]) => place)).toEqual([8, 2 * 24 + 20, 6 * 24 + 23]);
    expect(empty).toEqual({ users: 0, events: 0, hours: null, days: null, week: null });
    const [byEvent] = activityTimes(times, labels, 2, { timeZone: 'UTC', weigh: 'events' });
    expect(places(byEvent!.hours)).toEqual([
      [8, 0.6],
      [20, 0.2],
      [23, 0.2],
    ]);
  });

  it('are those of the zone, on its own calendar day and through its summer time', () => {
    const [shanghai] = activityTimes([[at(7, 23)]], [0], 1, { timeZone: 'Asia/Shanghai' });
    expect([places(shanghai!.hours), places(shanghai!.days)]).toEqual([[[7, 1]], [[0, 1]]]); // Monday the 8th
    const [chicago] = activityTimes([[Date.UTC(2024, 0, 1, 12), Date.UTC(2024, 6, 1, 12)]], [0], 1, {
      timeZone: 'America/Chicago',
    });
    expect(places(chicago!.hours)).toEqual([
      [6, 0.5],
      [7, 0.5],
    ]);
  });

  it('refuse wrong labels and unknown zones', () => {
    expect(() => activityTimes([[]], [], 1, { timeZone: 'UTC' })).toThrow('1 users and 0 labels');
    expect(() => activityTimes([[0]], [1], 1, { timeZone: 'UTC' })).toThrow('user 0 has the label 1');
    expect(() => activityTimes([[0]], [0], 1, { timeZone: 'Mars' })).toThrow("no time zone 'Mars'");
  });
});
