import { describe, expect, it } from 'vitest';
import { readClusters, type UserReading } from '../../lib/clustering/read-clusters';

const hour = 3600 * 1000;
const items = new Map([
  ['1', { title: 'Alien', categories: ['Horror', 'Sci-Fi'] }],
  ['2', { title: 'Heat', categories: ['Crime'] }],
  ['3', { title: 'Nameless', categories: [] }],
]);
const user = (itemIds: (string | null)[], age: string, timeMs: number | null = 0): UserReading => ({
  events: itemIds.map((itemId) => ({ itemId, timeMs })),
  profile: age === '' ? {} : { age },
});
const users = [
  user(['1', '1', '3'], 'young', 22 * hour),
  user(['1', '2'], 'young', 23 * hour),
  user(['2', null], 'old', -hour), // an hour before 1970 is 23 o'clock
  user(['2', '9'], '', null),
];

describe('readClusters', () => {
  const [young, rest, empty] = readClusters(
    { users, labels: Int32Array.from([0, 0, 1, 1]), numClusters: 3, items },
    { utcOffsetHours: 1 },
  );

  it('gives size and share', () => {
    expect([young!.size, rest!.size, empty!.size]).toEqual([2, 2, 0]);
    expect([young!.share, rest!.share, empty!.share]).toEqual([0.5, 0.5, 0]);
  });

  it('lists items by lift over all users, and only those that at least two users of the cluster used', () => {
    expect(young!.typicalItems).toEqual([{ itemId: '1', title: 'Alien', users: 2, share: 1, lift: 2 }]);
    expect(rest!.typicalItems).toEqual([{ itemId: '2', title: 'Heat', users: 2, share: 1, lift: 4 / 3 }]);
  });

  it('lists categories by their share of the events that have one', () => {
    // Young: 1, 1, 1, 2 have categories; everybody: three times 1, three times 2.
    expect(young!.typicalCategories).toEqual([
      { category: 'Horror', share: 0.75, lift: 1.5 },
      { category: 'Sci-Fi', share: 0.75, lift: 1.5 },
      { category: 'Crime', share: 0.25, lift: 0.5 },
    ]);
    expect(rest!.typicalCategories).toEqual([{ category: 'Crime', share: 1, lift: 2 }]);
  });

  it('counts hours in the declared time zone', () => {
    expect(young!.activityByHour![23]).toBe(3 / 5);
    expect(young!.activityByHour![0]).toBe(2 / 5);
    expect(rest!.activityByHour![0]).toBe(1);
    expect(empty!.activityByHour).toBeNull();
    const inUtc = readClusters({ users, labels: Int32Array.from([0, 0, 1, 1]), numClusters: 2, items });
    expect(inUtc[1]!.activityByHour![23]).toBe(1);
  });

  it('compares the profile with everybody who states it', () => {
    expect(young!.profile).toEqual([
      { field: 'age', value: 'old', share: 0, shareOfAll: 1 / 3 },
      { field: 'age', value: 'young', share: 1, shareOfAll: 2 / 3 },
    ]);
    expect(rest!.profile.map(({ share }) => share)).toEqual([1, 0]);
  });

  it('leaves users of no cluster to the whole, respects the support and the length of list', () => {
    const reading = (options: object) =>
      readClusters({ users, labels: Int32Array.from([0, 0, 0, -1]), numClusters: 1, items }, options)[0]!;
    expect(reading({}).share).toBe(0.75);
    expect(reading({}).typicalItems.map(({ itemId, lift }) => [itemId, lift])).toEqual([
      ['1', expect.closeTo(4 / 3, 12)],
      ['2', expect.closeTo(2 / 3 / 0.75, 12)],
    ]);
    expect(reading({ minSupport: 0.9 }).typicalItems).toEqual([]);
    expect(reading({ top: 1 }).typicalItems.length).toBe(1);
  });

  it('refuses labels that do not fit', () => {
    const input = { users, numClusters: 1, items };
    expect(() => readClusters({ ...input, labels: new Int32Array(3) })).toThrow('4 users and 3 labels');
    expect(() => readClusters({ ...input, labels: Int32Array.from([0, 0, 2, 0]) })).toThrow(
      'user 2 has the label 2',
    );
  });
});
