import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRng } from '../../../lib/base/random';
import { fullShopOptions, shopConversions, shopDwell, shopSeasonality } from '../../../lib/data/shop/full';
import { generateShopLog, type ShopLog } from '../../../lib/data/shop/log';
import { checkShopOptions, shopLogDefaults, type ShopLogOptions } from '../../../lib/data/shop/options';

const small = { users: 30, items: 45, days: 21 };
const make = (options: Partial<ShopLogOptions>): ShopLog =>
  generateShopLog({ ...small, ...options }, createRng(30));

describe('an option', () => {
  const plain = make({});

  it('that is off changes nothing, and has nothing to tell', () => {
    expect(plain.links).toEqual([]);
    const { truth } = plain;
    expect(truth.dayFactors).toEqual(new Array(21).fill(1));
    const sizes = [truth.launchDayOf, truth.oddities.clockwork, truth.oddities.bursts, truth.missing.dwell];
    expect(sizes.map(({ size }) => size)).toEqual([0, 0, 0, 0]);
    for (const { hazard, lifetime, leftDay, joinedDay } of truth.customers.values()) {
      expect([hazard, lifetime, leftDay, joinedDay]).toEqual([0, null, null, 0]);
    }
    for (const { userId, itemId, attraction, examination, cart } of truth.exposures) {
      const group = shopLogDefaults.groups.find(({ name }) => name === truth.groupOf.get(userId))!;
      expect([attraction, examination, cart]).toEqual([group.clickRate, 1, group.cartRate]);
      expect(plain.log.items.has(itemId)).toBe(true);
    }
    for (const event of plain.log.events) expect(Object.keys(event)).toHaveLength(7);
  });

  const on: [string, Partial<ShopLogOptions>][] = [
    ['seasonality', { seasonality: shopSeasonality }],
    ['friends', { friends: { withinRate: 0.5, betweenRate: 0.1, influenceRate: 0.5 } }],
    ['conversions', { conversions: shopConversions }],
    ['churn', { churn: { per: 'day', hazard: 0.1, concentration: null } }],
    ['arrivals', { arrivals: { lateUserShare: 0.5, lateItemShare: 0.5 } }],
    ['oddities', { oddities: { clockworkShare: 0.1, burstShare: 0.1 } }],
    ['details', { details: true }],
    ['dwell', { dwell: shopDwell }],
    [
      'missing',
      {
        details: true,
        dwell: shopDwell,
        missing: { dwell: { share: 0.5, slope: 1 }, price: { share: 0.5, slope: 0 } },
      },
    ],
    ['language', { language: 'zh' }],
  ];
  it.each(on)('that is on changes the log: %s', (_, options) => {
    const changed = make(options);
    expect(changed.log.events).not.toEqual(plain.log.events);
    expect(changed.log).toEqual(make(options).log);
  });

  it('never stands alone untested: all that can be switched on are', () => {
    const switches = Object.entries(shopLogDefaults).filter(([, value]) =>
      [null, false, 'en'].includes(value as null),
    );
    expect(switches.map(([name]) => name).sort()).toEqual(on.map(([name]) => name).sort());
  });
});

it('points with its truth at the rows it means, whatever is switched on', () => {
  const share = fc.constantFrom(0, 0.1, 0.4);
  const full = fullShopOptions(25);
  const orNull = <T>(value: T): fc.Arbitrary<T | null> => fc.constantFrom(null, value);
  const any = fc.record({
    seasonality: orNull(shopSeasonality),
    friends: orNull({ withinRate: 0.4, betweenRate: 0.1, influenceRate: 0.4 }),
    conversions: orNull(shopConversions),
    churn: fc.constantFrom(null, full.churn, { per: 'day', hazard: 0.2, concentration: null } as const),
    arrivals: orNull({ lateUserShare: 0.4, lateItemShare: 0.4 }),
    oddities: orNull({ clockworkShare: 0.1, burstShare: 0.4 }),
    missing: orNull({ dwell: { share: 0.3, slope: -1 }, price: { share: 0.2, slope: 1 } }),
    anomalies: fc.record({
      botShare: share,
      duplicateShare: share,
      impossibleTimeShare: fc.constant(0),
      missingTimeShare: share,
      missingItemShare: fc.constant(0),
      missingProfileShare: share,
    }),
  });
  fc.assert(
    fc.property(any, fc.integer(), (mix, seed) => {
      const options = { ...mix, users: 25, items: 36, days: 10, details: true, dwell: shopDwell };
      const { log, truth } = generateShopLog(options, createRng(seed));
      for (const exposure of truth.exposures) {
        const { userId, itemId, behavior } = log.events[exposure.event]!;
        expect([userId, itemId, behavior]).toEqual([exposure.userId, exposure.itemId, 'browse']);
        if (exposure.didPurchase) expect(exposure.didCart && exposure.didClick).toBe(true);
      }
      const copies = new Set(truth.anomalies.duplicates);
      const browsed = log.events.filter(({ behavior }, at) => behavior === 'browse' && !copies.has(at));
      expect(truth.exposures).toHaveLength(browsed.length);
      for (const positions of truth.oddities.bursts.values()) {
        for (const at of positions) expect(log.events[at]!.behavior).toBe('click');
      }
      for (const at of truth.missing.dwell.keys()) expect(log.events[at]!.dwellMs).toBeNull();
      for (const at of truth.missing.price.keys()) expect(log.events[at]!.price).toBeNull();
      const times = log.events.flatMap(({ timeMs }) => timeMs ?? []);
      expect(times).toEqual(times.toSorted((a, b) => a - b));
      expect([...truth.customers.keys()]).toEqual([...truth.groupOf.keys()]);
    }),
    { numRuns: 40, seed: 8 },
  );
});

describe('fullShopOptions', () => {
  it('can be made for one user and for many; friends stay some twelve', () => {
    for (const users of [1, 50, 1000, 1_000_000]) checkShopOptions(fullShopOptions(users));
    const { links, log } = generateShopLog({ ...fullShopOptions(400), days: 2 }, createRng(31));
    expect((2 * links.length) / log.users.size).toBeGreaterThan(10);
    expect((2 * links.length) / log.users.size).toBeLessThan(15);
  });
});

describe('checkShopOptions', () => {
  it.each<[string, Partial<ShopLogOptions>, RegExp]>([
    [
      'a season of nothing',
      { seasonality: { ...shopSeasonality, yearPeakDay: 0 } },
      /seasonality: yearPeakDay/,
    ],
    [
      'a rate of friends',
      { friends: { withinRate: 2, betweenRate: 0, influenceRate: 0 } },
      /friends: withinRate/,
    ],
    ['no examination', { conversions: { ...shopConversions, examination: [] } }, /conversions: examination/],
    ['a hazard', { churn: { per: 'day', hazard: -1, concentration: null } }, /churn: the hazard/],
    ['late users', { arrivals: { lateUserShare: 2, lateItemShare: 0 } }, /arrivals: lateUserShare/],
    ['a share of hurry', { oddities: { clockworkShare: 0, burstShare: -1 } }, /oddities: burstShare/],
    ['a dwell time left out', { dwell: {} }, /dwell: there is no dwell time for 'electronics'/],
    [
      'gaps in a column that is not there',
      { missing: { dwell: { share: 0, slope: 0 }, price: { share: 0.1, slope: 0 } } },
      /a price can be missing only where details are told/,
    ],
    ['a language', { language: 'fr' as 'en' }, /language must be en or zh, got fr/],
  ])('refuses %s', (_, change, message) => {
    const options = { ...shopLogDefaults, ...change };
    expect(() => checkShopOptions(options)).toThrow(RangeError);
    expect(() => checkShopOptions(options)).toThrow(message);
  });
});
