import { describe, expect, it } from 'vitest';
import { createRng } from '../../../lib/base/random';
import { checkArrivals, drawArrivals, shelves } from '../../../lib/data/shop/arrivals';
import { shopDwell } from '../../../lib/data/shop/full';
import { generateShopLog } from '../../../lib/data/shop/log';
import { checkOddities } from '../../../lib/data/shop/oddities';
import { dayMs, noAnomalies, plainShop } from './plain-shop';

const days = 28;

describe('unusual users', () => {
  const oddities = { clockworkShare: 0.05, burstShare: 0.1 };
  const options = { ...plainShop, users: 200, days, details: true, dwell: shopDwell };
  const shop = generateShopLog({ ...options, oddities }, createRng(20));
  const { log, truth } = shop;

  it('are machines as regular as a clock, which are no customers', () => {
    expect(truth.oddities.clockwork.size).toBe(10);
    for (const [userId, gapMs] of truth.oddities.clockwork) {
      expect(truth.groupOf.has(userId)).toBe(false);
      const own = log.events.filter((event) => event.userId === userId);
      expect(own.length).toBeGreaterThanOrEqual(200);
      const gaps = own.slice(1).map(({ timeMs }, at) => timeMs! - own[at]!.timeMs!);
      expect(new Set(gaps)).toEqual(new Set([gapMs]));
      expect(own.every(({ behavior, dwellMs }) => behavior === 'click' && dwellMs === gapMs)).toBe(true);
    }
  });

  it('are people in a hurry once, fast and irregular, beside what they did anyway', () => {
    expect(truth.oddities.bursts.size).toBe(19);
    for (const [userId, positions] of truth.oddities.bursts) {
      const burst = positions.map((at) => log.events[at]!);
      expect(burst.length).toBeGreaterThanOrEqual(30);
      expect(burst.length).toBeLessThan(60);
      expect(new Set(burst.map((event) => event.userId))).toEqual(new Set([userId]));
      expect(new Set(burst.map(({ category }) => category)).size).toBe(1);
      const gaps = burst.slice(1).map(({ timeMs }, at) => timeMs! - burst[at]!.timeMs!);
      expect(Math.min(...gaps)).toBeGreaterThanOrEqual(1000);
      expect(new Set(gaps).size).toBeGreaterThan(gaps.length / 2);
      expect(gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length).toBeLessThan(5000);
    }
    const without = generateShopLog({ ...options, oddities: { ...oddities, burstShare: 0 } }, createRng(20))
      .log.events;
    const hurried = new Set([...truth.oddities.bursts.values()].flat());
    expect(log.events.filter((_, at) => !hurried.has(at))).toEqual(without);
  });

  it('refuses more of them than there are users', () => {
    expect(() => checkOddities({ ...oddities, burstShare: 1.5 })).toThrow(/burstShare .* got 1.5/);
    const crowded = { ...plainShop, anomalies: { ...noAnomalies, botShare: 0.6 } };
    expect(() =>
      generateShopLog({ ...crowded, oddities: { ...oddities, clockworkShare: 0.6 } }, createRng(1)),
    ).toThrow(/more machines than users/);
  });
});

describe('arrivals', () => {
  it('fill the shelves day by day', () => {
    const shelf = shelves(new Map([['toys', ['a', 'b', 'c']]]), new Map([['b', 3]]));
    expect([0, 2, 3, 9].map((day) => shelf('toys', day).join(''))).toEqual(['ac', 'ac', 'abc', 'abc']);
    expect(shelf('books', 1)).toEqual([]);
    const days = [...drawArrivals(['a', 'b', 'c', 'd'], 0.5, 10, createRng(1)).values()];
    expect(days).toHaveLength(2);
    for (const day of days) expect(day >= 1 && day <= 9).toBe(true);
  });

  it('keep late customers and items out until their day, and let them in then', () => {
    const arrivals = { lateUserShare: 0.4, lateItemShare: 0.5 };
    const { log, truth } = generateShopLog({ ...plainShop, users: 150, days, arrivals }, createRng(21));
    const late = [...truth.customers].filter(([, { joinedDay }]) => joinedDay > 0);
    expect(late).toHaveLength(60);
    expect(truth.launchDayOf.size).toBe(Math.round(0.5 * (270 - 9)));
    let lateSeen = 0;
    for (const { userId, itemId, timeMs } of log.events) {
      const day = (timeMs! - plainShop.startMs) / dayMs;
      expect(day).toBeGreaterThanOrEqual(truth.customers.get(userId)!.joinedDay);
      if (itemId === null || !truth.launchDayOf.has(itemId)) continue;
      lateSeen += 1;
      expect(day).toBeGreaterThanOrEqual(truth.launchDayOf.get(itemId)!);
    }
    expect(lateSeen).toBeGreaterThan(500);
  });

  it('need shares, and more than one day', () => {
    expect(() => checkArrivals({ lateUserShare: -1, lateItemShare: 0 }, 9)).toThrow(/lateUserShare/);
    expect(() => checkArrivals({ lateUserShare: 0.1, lateItemShare: 0 }, 1)).toThrow(/within one day/);
  });
});
