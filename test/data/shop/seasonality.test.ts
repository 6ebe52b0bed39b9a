import { describe, expect, it } from 'vitest';
import { createRng } from '../../../lib/base/random';
import { generateShopLog } from '../../../lib/data/shop/log';
import {
  categoryFactor,
  checkSeasonality,
  dayFactor,
  dayOfYear,
  type ShopSeasonality,
} from '../../../lib/data/shop/seasonality';
import { sessionProbability } from '../../../lib/data/shop/truth';
import { dayMs, isBinomial, plainShop } from './plain-shop';

const seasonality: ShopSeasonality = {
  weekdays: [1, 1, 1, 1, 1, 2, 0],
  yearAmplitude: 0.5,
  yearPeakDay: 1,
  categories: { toys: { peakDay: 355, spreadDays: 10, lift: 3 } },
};

describe('the calendar', () => {
  it('counts days from 1 January', () => {
    expect(dayOfYear(Date.UTC(2024, 0, 1))).toBe(1);
    expect(dayOfYear(Date.UTC(2024, 11, 31, 23, 59))).toBe(366);
    expect(dayOfYear(Date.UTC(2023, 11, 31))).toBe(365);
    expect(dayOfYear(-dayMs)).toBe(365);
  });

  it('takes weekdays in proportion to their mean, Monday first', () => {
    const flat = { ...seasonality, yearAmplitude: 0 };
    // 2024-01-01 was a Monday. The seven weights are 7 together.
    const week = [0, 1, 2, 3, 4, 5, 6].map((day) => dayFactor(flat, Date.UTC(2024, 0, 1 + day)));
    expect(week).toEqual([1, 1, 1, 1, 1, 2, 0]);
    expect(dayFactor({ ...flat, weekdays: [2, 2, 2, 2, 2, 4, 0] }, Date.UTC(2024, 0, 6))).toBe(2);
  });

  it('rises and falls once a year around 1', () => {
    const wave = { ...seasonality, weekdays: [1, 1, 1, 1, 1, 1, 1] };
    expect(dayFactor(wave, Date.UTC(2024, 0, 1))).toBe(1.5);
    // Half a year after the peak: cos(pi) to a part in ten thousand.
    expect(dayFactor(wave, Date.UTC(2024, 6, 2))).toBeCloseTo(0.5, 3);
    expect(dayFactor(null, 0)).toBe(1);
  });

  it('gives a category its season, around the turn of the year', () => {
    expect(categoryFactor(seasonality, 'toys', Date.UTC(2023, 11, 21))).toBe(4);
    const tenBefore = categoryFactor(seasonality, 'toys', Date.UTC(2023, 11, 11));
    expect(tenBefore).toBeCloseTo(1 + 3 * Math.exp(-0.5), 12);
    // 5 January is day 5: 15.25 days after day 355.
    expect(categoryFactor(seasonality, 'toys', Date.UTC(2024, 0, 5))).toBeCloseTo(
      1 + 3 * Math.exp(-0.5 * 1.525 ** 2),
      12,
    );
    expect(categoryFactor(seasonality, 'books', Date.UTC(2023, 11, 21))).toBe(1);
  });
});

describe('a shop with seasons', () => {
  const { log, truth } = generateShopLog(
    { ...plainShop, users: 300, days: 364, seasonality, details: true },
    createRng(11),
  );
  const firstOf = new Map<string, { day: number; category: string }>();
  for (const { sessionId, timeMs, category } of log.events) {
    if (firstOf.has(sessionId!) || category === null) continue;
    firstOf.set(sessionId!, { day: Math.floor((timeMs! - plainShop.startMs) / dayMs), category: category! });
  }
  const sessionsOn = new Array<number>(364).fill(0);
  for (const { day } of firstOf.values()) if (day < 364) sessionsOn[day]! += 1;
  const expectedOn = sessionsOn.map((_, day) =>
    [...truth.customers.keys()].reduce((sum, userId) => sum + sessionProbability(truth, userId, day), 0),
  );
  const sum = (values: readonly number[], on: (day: number) => boolean): number =>
    values.reduce((total, value, day) => total + (on(day) ? value : 0), 0);

  it('has as many sessions a weekday and a month as the truth says', () => {
    // 23:59 sessions whose first item comes after midnight move to the next day: a part in a thousand.
    const parts = [
      ...[0, 1, 2, 3, 4].map((weekday) => (day: number) => day % 7 === weekday),
      ...Array.from({ length: 13 }, (_, month) => (day: number) => Math.floor(day / 28) === month),
    ];
    for (const on of parts) {
      const expected = sum(expectedOn, on);
      expect(Math.abs(sum(sessionsOn, on) - expected)).toBeLessThan(
        4 * Math.sqrt(expected) + 0.002 * expected,
      );
    }
    expect(sum(sessionsOn, (day) => day % 7 === 5)).toBeGreaterThan(sum(sessionsOn, (day) => day % 7 === 4));
    expect(sum(sessionsOn, (day) => day % 7 === 6)).toBeLessThan(20);
  });

  it('sells toys to families before Christmas as its formula says', () => {
    const families = [...firstOf].filter(
      ([sessionId]) => truth.groupOf.get(sessionId.split('-')[0]!) === 'families',
    );
    const { categories } = truth.options.groups.find(({ name }) => name === 'families')!;
    const share = (factor: number): number =>
      (factor * categories['toys']!) / (15 + (factor - 1) * categories['toys']!);
    let expected = 0;
    let toys = 0;
    let sessions = 0;
    for (const [, { day, category }] of families) {
      if (day < 340 || day > 362) continue;
      expected += share(categoryFactor(seasonality, 'toys', plainShop.startMs + day * dayMs));
      sessions += 1;
      if (category === 'toys') toys += 1;
    }
    expect(sessions).toBeGreaterThan(300);
    expect(isBinomial(toys, sessions, expected / sessions)).toBe(true);
    const inMay = families.filter(([, { day }]) => day > 120 && day < 150);
    const toysInMay = inMay.filter(([, { category }]) => category === 'toys').length;
    expect(isBinomial(toysInMay, inMay.length, share(1))).toBe(true);
    expect(expected / sessions).toBeGreaterThan(1.5 * share(1));
  });
});

it.each<[string, Partial<ShopSeasonality>, RegExp]>([
  ['six weekdays', { weekdays: [1, 1, 1, 1, 1, 1] }, /seven weights/],
  ['a week without a session', { weekdays: [0, 0, 0, 0, 0, 0, 0] }, /one above 0/],
  ['a wave below 0', { yearAmplitude: 1.1 }, /yearAmplitude must be from 0 to 1, got 1.1/],
  ['a day 0', { yearPeakDay: 0 }, /yearPeakDay must be from 1 to 366, got 0/],
  [
    'an unknown category',
    { categories: { cars: { peakDay: 1, spreadDays: 1, lift: 1 } } },
    /not sell 'cars'/,
  ],
  ['no spread', { categories: { toys: { peakDay: 1, spreadDays: 0, lift: 1 } } }, /spreadDays of toys/],
  ['a lift below 0', { categories: { toys: { peakDay: 1, spreadDays: 1, lift: -1 } } }, /lift of toys/],
])('refuses %s', (_, change, message) => {
  expect(() => checkSeasonality({ ...seasonality, ...change }, ['toys', 'books'])).toThrow(message);
});
