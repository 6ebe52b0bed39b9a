import { describe, expect, it } from 'vitest';
import { createRng } from '../../../lib/base/random';
import { checkChurn, drawLifetime, type ShopChurn } from '../../../lib/data/shop/churn';
import { generateShopLog, type ShopLog } from '../../../lib/data/shop/log';
import { dayMs, isBinomial, plainShop } from './plain-shop';

const lifetimes = (churn: ShopChurn, count: number): (number | null)[] => {
  const rng = createRng(5);
  return Array.from({ length: count }, () => drawLifetime(churn, 'g', rng).lifetime);
};

describe('drawLifetime', () => {
  it('is geometric where all have the same hazard', () => {
    const drawn = lifetimes({ per: 'day', hazard: 0.2, concentration: null }, 20_000);
    for (const length of [1, 2, 3, 8]) {
      const count = drawn.filter((lifetime) => lifetime === length).length;
      expect(isBinomial(count, 20_000, 0.2 * 0.8 ** (length - 1))).toBe(true);
    }
  });

  it('is beta-geometric where hazards differ: survivors are B(a, b + t) / B(a, b)', () => {
    // a = .1 x 10 = 1, b = 9: the share of those who live longer than t is 9 / (9 + t).
    const drawn = lifetimes({ per: 'day', hazard: 0.1, concentration: 10 }, 20_000);
    for (const t of [1, 3, 9, 27]) {
      const survivors = drawn.filter((lifetime) => lifetime === null || lifetime > t).length;
      expect(isBinomial(survivors, 20_000, 9 / (9 + t))).toBe(true);
    }
  });

  it('knows never and at once', () => {
    expect(new Set(lifetimes({ per: 'day', hazard: 0, concentration: 3 }, 50))).toEqual(new Set([null]));
    expect(new Set(lifetimes({ per: 'day', hazard: 1, concentration: null }, 50))).toEqual(new Set([1]));
  });

  it('takes the hazard of the group', () => {
    const churn: ShopChurn = { per: 'day', hazard: { a: 0, b: 1 }, concentration: null };
    expect(drawLifetime(churn, 'a', createRng(1)).lifetime).toBeNull();
    expect(drawLifetime(churn, 'b', createRng(1)).lifetime).toBe(1);
  });
});

describe('a shop that customers leave', () => {
  const options = { ...plainShop, users: 200, days: 84, details: true };
  const make = (per: 'day' | 'session'): ShopLog =>
    generateShopLog({ ...options, churn: { per, hazard: 0.03, concentration: 10 } }, createRng(12));
  const sessionsOf = ({ log }: ShopLog, userId: string): Set<string> =>
    new Set(log.events.filter((event) => event.userId === userId).map(({ sessionId }) => sessionId!));

  it.each(['day', 'session'] as const)('is the shop that nobody leaves, cut short (per %s)', (per) => {
    const cut = make(per);
    const whole = generateShopLog(options, createRng(12));
    const left = [...cut.truth.customers].filter(([, { leftDay }]) => leftDay !== null);
    expect(left.length).toBeGreaterThan(50);
    expect(left.length).toBeLessThan(190);
    for (const [userId, { leftDay }] of cut.truth.customers) {
      const own = cut.log.events.filter((event) => event.userId === userId);
      const lastMs = options.startMs + ((leftDay ?? options.days) + 1) * dayMs;
      // Every session starts by the last day, and the last one may run past midnight.
      for (const { timeMs } of own) expect(timeMs!).toBeLessThan(lastMs + dayMs / 4);
      const all = whole.log.events.filter((event) => event.userId === userId);
      expect(own).toEqual(all.slice(0, own.length));
    }
  });

  it('lets a customer have as many sessions or days as planted, where the period is long enough', () => {
    const bySession = make('session');
    for (const [userId, { leftDay, lifetime }] of bySession.truth.customers) {
      const { size } = sessionsOf(bySession, userId);
      if (leftDay === null) expect(lifetime === null || size < lifetime).toBe(true);
      else expect(size).toBe(lifetime);
    }
    for (const { leftDay, lifetime } of make('day').truth.customers.values()) {
      expect(leftDay).toBe(lifetime !== null && lifetime <= options.days ? lifetime - 1 : null);
    }
  });

  it('does not claim that the interests of somebody moved who was gone', () => {
    const churn: ShopChurn = { per: 'day', hazard: 0.05, concentration: null };
    const { truth } = generateShopLog({ ...options, driftShare: 1, churn }, createRng(13));
    expect(truth.drift.size).toBeGreaterThan(5);
    for (const [userId, { atMs }] of truth.drift) {
      const { leftDay } = truth.customers.get(userId)!;
      expect(leftDay === null || atMs < options.startMs + (leftDay + 1) * dayMs).toBe(true);
    }
    expect(truth.drift.size).toBeLessThan(100);
  });
});

it.each<[string, ShopChurn, RegExp]>([
  [
    'a hazard above 1',
    { per: 'day', hazard: 1.5, concentration: null },
    /all groups must be from 0 to 1, got 1.5/,
  ],
  ['a group forgotten', { per: 'day', hazard: { a: 0.1 }, concentration: null }, /no hazard for 'b'/],
  ['a group unknown', { per: 'day', hazard: { a: 0, b: 0, c: 0 }, concentration: null }, /no group 'c'/],
  ['no concentration', { per: 'day', hazard: 0.1, concentration: 0 }, /above 0 or null, got 0/],
])('refuses %s', (_, churn, message) => {
  expect(() => checkChurn(churn, ['a', 'b'])).toThrow(message);
});
