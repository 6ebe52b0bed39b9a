import { describe, expect, it } from 'vitest';
import { createRng } from '../../../lib/base/random';
import { checkDwell, drawDwellMs, dwellLevel } from '../../../lib/data/shop/dwell';
import { shopDwell } from '../../../lib/data/shop/full';
import { generateShopLog } from '../../../lib/data/shop/log';
import { checkMissing, missingProbability } from '../../../lib/data/shop/missing-values';
import { logisticRegression } from './logistic-regression';
import { isBinomial, noAnomalies, plainShop } from './plain-shop';

describe('missingProbability', () => {
  it('is the share at random, and moves with the value where it has a slope', () => {
    expect(missingProbability({ share: 0.1, slope: 0 }, 3)).toBe(0.1);
    expect(missingProbability({ share: 0.5, slope: Math.log(3) }, 1)).toBeCloseTo(0.75, 15);
    expect(missingProbability({ share: 0.5, slope: Math.log(3) }, -1)).toBeCloseTo(0.25, 15);
  });
});

describe('dwell times', () => {
  const options = { ...plainShop, users: 120, days: 56, details: true, dwell: shopDwell };
  const { log } = generateShopLog(options, createRng(16));

  it('are log-normal with the parameters of the category', () => {
    for (const category of ['books', 'groceries', 'toys']) {
      const levels = log.events.flatMap((event) =>
        event.category === category && event.behavior === 'click'
          ? [dwellLevel(event.dwellMs!, shopDwell[category]!)]
          : [],
      );
      const n = levels.length;
      expect(n).toBeGreaterThan(400);
      expect(isBinomial(levels.filter((level) => level < 0).length, n, 0.5)).toBe(true);
      expect(isBinomial(levels.filter((level) => level < 1).length, n, 0.841_345)).toBe(true);
      expect(isBinomial(levels.filter((level) => level < -1).length, n, 0.158_655)).toBe(true);
    }
  });

  it('are the time to the next event of the session, and only clicks have one', () => {
    const nextOf = new Map<string, number>();
    for (const event of log.events.toReversed()) {
      const next = nextOf.get(event.sessionId!);
      if (event.behavior === 'click') {
        expect(event.dwellMs).toBeGreaterThan(0);
        if (next !== undefined) expect(next - event.timeMs!).toBe(event.dwellMs);
      } else {
        expect(event.dwellMs).toBeNull();
      }
      nextOf.set(event.sessionId!, event.timeMs!);
    }
  });

  it('move times alone: what is done stays the same', () => {
    const what = (dwell: typeof shopDwell | null): unknown[] =>
      generateShopLog({ ...options, dwell, users: 5 }, createRng(17))
        .log.events.filter(({ userId }) => userId === 'u3')
        .map(({ behavior, itemId, query }) => [behavior, itemId, query]);
    expect(what(shopDwell).length).toBeGreaterThan(20);
    expect(what(shopDwell)).toEqual(what(null));
  });

  it('refuses what has none', () => {
    const rest = { toys: shopDwell['toys']! };
    expect(() => checkDwell(rest, ['toys', 'books'])).toThrow(/no dwell time for 'books'/);
    expect(() => checkDwell({ toys: { medianMs: 0, sigma: 1 } }, ['toys'])).toThrow(/'toys' needs a median/);
    expect(() => checkDwell({ ...rest, cars: rest.toys }, ['toys'])).toThrow(/does not sell 'cars'/);
    expect(drawDwellMs({ medianMs: 500, sigma: 0 }, createRng(1))).toBe(500);
  });
});

describe('missing values', () => {
  const missing = { dwell: { share: 0.1, slope: 1 }, price: { share: 0.05, slope: 0 } };
  const options = { ...plainShop, users: 150, days: 56, details: true, dwell: shopDwell };
  const { log, truth } = generateShopLog({ ...options, missing }, createRng(18));
  const whole = generateShopLog(options, createRng(18)).log;

  it('stand where the truth says, and nowhere else; the truth has what stood there', () => {
    log.events.forEach((event, at) => {
      const { price, dwellMs } = whole.events[at]!;
      expect(event.price).toBe(truth.missing.price.has(at) ? null : price);
      expect(event.dwellMs).toBe(truth.missing.dwell.has(at) ? null : dwellMs);
      if (truth.missing.price.has(at)) expect(truth.missing.price.get(at)).toBe(price);
      if (truth.missing.dwell.has(at)) expect(truth.missing.dwell.get(at)).toBe(dwellMs);
    });
  });

  it('miss prices at random, and long looks more often than short ones, by the planted slope', () => {
    const priced = whole.events.filter(({ price }) => price !== null).length;
    expect(isBinomial(truth.missing.price.size, priced, 0.05)).toBe(true);
    const clicks = [...whole.events.entries()].filter(([, { dwellMs }]) => dwellMs !== null);
    const { coefficients, errors } = logisticRegression(
      clicks.map(([, { dwellMs, category }]) => [1, dwellLevel(dwellMs!, shopDwell[category!]!)]),
      clicks.map(([at]) => truth.missing.dwell.has(at)),
    );
    expect(Math.abs(coefficients[0]! - Math.log(1 / 9))).toBeLessThan(4 * errors[0]!);
    expect(Math.abs(coefficients[1]! - 1)).toBeLessThan(4 * errors[1]!);
    expect(errors[1]!).toBeLessThan(0.1);
    const mean = (values: readonly number[]): number => values.reduce((sum, x) => sum + x, 0) / values.length;
    const left = log.events.flatMap(({ dwellMs }) => dwellMs ?? []);
    expect(mean(left)).toBeLessThan(0.95 * mean(clicks.map(([, { dwellMs }]) => dwellMs!)));
  });

  it('miss in a copied row too', () => {
    const anomalies = { ...noAnomalies, duplicateShare: 0.5 };
    const copied = generateShopLog({ ...options, users: 20, missing, anomalies }, createRng(19));
    for (const at of copied.truth.anomalies.duplicates) {
      expect(copied.log.events[at]).toEqual(copied.log.events[at - 1]);
      expect(copied.truth.missing.dwell.get(at)).toBe(copied.truth.missing.dwell.get(at - 1));
    }
    for (const { event } of copied.truth.exposures) {
      expect(copied.truth.anomalies.duplicates).not.toContain(event);
    }
  });

  it('refuses what cannot be missing', () => {
    expect(() => checkMissing({ ...missing, dwell: { share: 2, slope: 0 } })).toThrow(
      /share of dwell .* got 2/,
    );
    expect(() => checkMissing({ ...missing, price: { share: 0, slope: NaN } })).toThrow(/slope of price/);
    const plain = { ...plainShop, missing };
    expect(() => generateShopLog({ ...plain, dwell: shopDwell }, createRng(1))).toThrow(
      /a price can be missing/,
    );
    expect(() => generateShopLog({ ...plain, details: true }, createRng(1))).toThrow(/a dwell time can be/);
  });
});
