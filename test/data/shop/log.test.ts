import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createRng } from '../../../lib/base/random';
import type { UserEvent } from '../../../lib/data/event';
import { readLog } from '../../../lib/data/read-log';
import { checkShopGroup, defaultShopGroups } from '../../../lib/data/shop/groups';
import { generateShopLog, generateShopSample } from '../../../lib/data/shop/log';
import { shopLogDefaults, type ShopLogOptions } from '../../../lib/data/shop/options';
import { eventRows, itemRows, userRows } from '../../../lib/data/write-csv';
import { cleanLog } from '../../../lib/preprocessing/cleaning/clean-log';
import { dayMs, noAnomalies } from './plain-shop';

const dataFolder = join(__dirname, '..', '..', '..', 'data');

describe('the committed sample', () => {
  const { log } = generateShopSample();

  it.each([
    ['shop-sample.csv', () => eventRows(log.events)],
    ['shop-sample.items.csv', () => itemRows(log.items)],
    ['shop-sample.users.csv', () => userRows(log.users)],
  ])('%s is what the generator makes, byte for byte', (name, rows) => {
    expect(readFileSync(join(dataFolder, name), 'utf8') === [...rows()].join('')).toBe(true);
  });

  it('is at most 1 MB, all files together', () => {
    const names = ['shop-sample.csv', 'shop-sample.items.csv', 'shop-sample.users.csv'];
    const bytes = names.map((name) => statSync(join(dataFolder, name)).size).reduce((a, b) => a + b);
    expect(bytes).toBeLessThan(1_000_000);
    expect(existsSync(join(dataFolder, 'shop-sample.csv.part'))).toBe(false);
  });

  it('is read back as the generated log', async () => {
    const read = await readLog(join(dataFolder, 'shop-sample.csv'), { format: 'csv' });
    expect(read.events.map((event): UserEvent => ({ ...event, row: 0 }))).toEqual(log.events);
    expect(read.events[0]!.row).toBe(2);
    expect(read.items).toEqual(log.items);
    expect(read.users).toEqual(log.users);
    expect(read.source.sha256).toBe(log.source.sha256);
  });
});

describe('generateShopLog', () => {
  it('gives the same log for the same seed, and another for another', () => {
    const small = { users: 20, items: 30, days: 7 };
    const make = (seed: number): unknown => generateShopLog(small, createRng(seed));
    expect(make(1)).toEqual(make(1));
    expect(make(1)).not.toEqual(make(2));
  });

  it('logs every person in time order when nothing goes wrong, inside the funnel', () => {
    const options = { users: 60, items: 90, days: 28, anomalies: noAnomalies };
    const { log } = generateShopLog(options, createRng(4));
    const times = log.events.map((event) => event.timeMs!);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(times[0]).toBeGreaterThanOrEqual(shopLogDefaults.startMs);
    expect(times.at(-1)).toBeLessThan(shopLogDefaults.startMs + 29 * dayMs);
    const count = (behavior: string): number =>
      log.events.filter((event) => event.behavior === behavior).length;
    expect(count('browse')).toBeGreaterThan(count('click'));
    expect(count('click')).toBeGreaterThan(count('cart'));
    expect(count('cart')).toBeGreaterThan(count('purchase'));
    for (const event of log.events) {
      expect(event.itemId === null).toBe(event.behavior === 'search');
      expect(event.query === null).toBe(event.behavior !== 'search');
    }
  });

  it('starts a session with the keyword of the first item it shows', () => {
    const { log } = generateShopLog(
      { users: 1, days: 200, driftShare: 0, anomalies: noAnomalies },
      createRng(3),
    );
    const searches = log.events.flatMap((event, at) => (event.behavior === 'search' ? [at] : []));
    expect(searches.length).toBeGreaterThan(10);
    for (const at of searches) {
      const next = log.events[at + 1]!;
      expect(next.behavior).toBe('browse');
      expect(log.items.get(next.itemId!)!.title.split(' ').at(-1)).toBe(log.events[at]!.query);
    }
  });

  it('plants groups that show in categories, hours and funnel', () => {
    const options = { users: 200, days: 56, driftShare: 0, anomalies: noAnomalies };
    const { log, truth } = generateShopLog(options, createRng(5));
    for (const group of defaultShopGroups) {
      const own = log.events.filter((event) => truth.groupOf.get(event.userId) === group.name);
      const of = (behavior: string): UserEvent[] => own.filter((event) => event.behavior === behavior);
      const rate = of('click').length / of('browse').length;
      // Three standard errors of a share of some thousands is below .03.
      expect(Math.abs(rate - group.clickRate)).toBeLessThan(0.03);
      expect(Math.abs(of('cart').length / of('click').length - group.cartRate)).toBeLessThan(0.04);
      const bought = new Set(own.flatMap(({ itemId }) => (itemId ? log.items.get(itemId)!.categories : [])));
      expect([...bought].sort()).toEqual(Object.keys(group.categories).sort());
      const around = own.filter(({ timeMs }) => {
        const hour = (timeMs! % dayMs) / 3_600_000;
        const distance = Math.abs(hour - group.peakHour);
        return Math.min(distance, 24 - distance) <= 2 * group.spreadHours + 0.5;
      });
      expect(around.length / own.length).toBeGreaterThan(0.9);
    }
  });

  it('plants the order of items: the follower comes next more often than any other rule would have it', () => {
    const { log, truth } = generateShopLog(
      { users: 50, followRate: 0.4, anomalies: noAnomalies },
      createRng(6),
    );
    const shown = log.events.filter((event) => event.behavior === 'browse');
    const last = new Map<string, UserEvent>();
    let pairs = 0;
    let followed = 0;
    for (const event of shown) {
      const before = last.get(event.userId);
      last.set(event.userId, event);
      if (!before || event.timeMs! - before.timeMs! > 600_000) continue;
      pairs += 1;
      if (truth.followerOf.get(before.itemId!) === event.itemId) followed += 1;
    }
    expect(pairs).toBeGreaterThan(2000);
    // .4 planted, and some more by chance: popular items follow each other anyway.
    expect(followed / pairs).toBeGreaterThan(0.38);
    expect(followed / pairs).toBeLessThan(0.5);
  });

  it('moves the interests of the planted share of people, at the planted time', () => {
    const options = { users: 100, driftShare: 0.3, anomalies: noAnomalies };
    const { log, truth } = generateShopLog(options, createRng(7));
    expect(truth.drift.size).toBe(30);
    const groupNamed = (name: string) => defaultShopGroups.find((group) => group.name === name)!;
    for (const [userId, { atMs, from, to }] of truth.drift) {
      expect(from).toBe(truth.groupOf.get(userId));
      expect(to).not.toBe(from);
      for (const event of log.events) {
        if (event.userId !== userId || event.itemId === null) continue;
        // A session that began before the move keeps its category to its end.
        if (Math.abs(event.timeMs! - atMs) < 3_600_000) continue;
        const interests = groupNamed(event.timeMs! < atMs ? from : to).categories;
        expect(Object.keys(interests)).toContain(log.items.get(event.itemId)!.categories[0]);
      }
    }
  });

  it('plants anomalies where the truth says, in the declared number, and nowhere else', () => {
    const { log, truth } = generateShopLog({}, createRng(8));
    const { bots, duplicates, impossibleTimes, missingTimes, missingItems } = truth.anomalies;
    const rows = log.events.length - duplicates.length;
    expect(duplicates).toHaveLength(Math.round(0.01 * rows));
    for (const planted of [impossibleTimes, missingTimes, missingItems]) {
      expect(planted).toHaveLength(Math.round(0.005 * rows));
    }
    expect(bots.size).toBe(3);
    expect([...bots].some((userId) => truth.groupOf.has(userId))).toBe(false);
    const positions = (isBad: (event: UserEvent) => boolean): number[] =>
      log.events.flatMap((event, at) => (isBad(event) ? [at] : []));
    expect(positions((event) => event.timeMs === null)).toEqual(missingTimes);
    expect(positions((event) => event.itemId === null && event.query === null)).toEqual(missingItems);
    const { startMs, days } = shopLogDefaults;
    expect(
      positions(
        ({ timeMs }) => timeMs !== null && (timeMs < startMs || timeMs > startMs + (days + 1) * dayMs),
      ),
    ).toEqual(impossibleTimes);
    for (const at of duplicates) expect(log.events[at]).toEqual(log.events[at - 1]);
    const known = [...log.users.values()].flatMap(({ profile }) => Object.keys(profile)).length;
    expect(known / (3 * log.users.size)).toBeGreaterThan(0.9);
    expect(known / (3 * log.users.size)).toBeLessThan(1);
  });

  it('is cleaned of exactly what was planted', async () => {
    const { log, truth } = generateShopLog({}, createRng(9));
    const { bots, ...rows } = truth.anomalies;
    const { log: clean, report } = await cleanLog(log, {
      dropWithoutObject: true,
      dropWithoutTime: true,
      earliestMs: shopLogDefaults.startMs,
      latestMs: shopLogDefaults.startMs + (shopLogDefaults.days + 1) * dayMs,
      dropDuplicates: true,
      maxEventsPerUserPerMinute: 40,
    });
    const dropped = Object.fromEntries(report.dropped.map(({ reason, rows }) => [reason, rows]));
    const botRows = log.events.filter(
      (event, at) => bots.has(event.userId) && !Object.values(rows).some((planted) => planted.includes(at)),
    );
    expect(dropped).toEqual({
      'neither item nor query': rows.missingItems.length,
      'no time': rows.missingTimes.length,
      'impossible time': rows.impossibleTimes.length,
      'exact duplicate': rows.duplicates.length,
      'user too fast for a person': botRows.length,
    });
    expect(new Set(clean.events.map((event) => event.userId))).toEqual(
      new Set(
        [...truth.groupOf.keys()].filter((userId) => clean.events.some((event) => event.userId === userId)),
      ),
    );
  });

  const bad: [string, Partial<ShopLogOptions>, RegExp][] = [
    ['no users', { users: 0 }, /users must be a whole number from 1, got 0/],
    ['half a day', { days: 0.5 }, /days must be/],
    ['a share above 1', { driftShare: 2 }, /driftShare must be from 0 to 1, got 2/],
    ['no groups', { groups: [], driftShare: 0 }, /there are no groups/],
    ['drift in one group', { groups: defaultShopGroups.slice(0, 1) }, /interests cannot move/],
    ['a group twice', { groups: [defaultShopGroups[0]!, defaultShopGroups[0]!] }, /the same name/],
    [
      'too many spoilt rows',
      { anomalies: { ...noAnomalies, duplicateShare: 0.6, missingTimeShare: 0.6 } },
      /more than 1/,
    ],
  ];
  it.each(bad)('refuses %s', (_, options, message) => {
    expect(() => generateShopLog(options, createRng(1))).toThrow(message);
  });

  it('refuses a group that cannot shop', () => {
    const group = defaultShopGroups[0]!;
    expect(() => checkShopGroup({ ...group, clickRate: 1.2 }, 9)).toThrow(
      /'commuters' has a clickRate of 1.2/,
    );
    expect(() => checkShopGroup({ ...group, sessionsPerWeek: 8 }, 9)).toThrow(/8 sessions a week/);
    expect(() => checkShopGroup({ ...group, categories: { cars: 1 } }, 9)).toThrow(/looks for 'cars'/);
    expect(() => checkShopGroup({ ...group, categories: { sport: 1 } }, 8)).toThrow(
      /none of its categories among 8/,
    );
  });
});
