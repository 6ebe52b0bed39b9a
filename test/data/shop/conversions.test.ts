import { describe, expect, it } from 'vitest';
import { createRng } from '../../../lib/base/random';
import {
  checkConversions,
  conversionFeatures,
  conversionProbability,
  examinationProbability,
  type ConversionStep,
  type ShopConversions,
} from '../../../lib/data/shop/conversions';
import { clickProbability, type ShopExposure } from '../../../lib/data/shop/exposures';
import { shopConversions } from '../../../lib/data/shop/full';
import { defaultShopGroups } from '../../../lib/data/shop/groups';
import { generateShopLog } from '../../../lib/data/shop/log';
import { counterfactual } from '../../../lib/data/shop/truth';
import { logisticRegression } from './logistic-regression';
import { isBinomial, plainShop } from './plain-shop';

const none = { priceLevel: 0, earlierViews: 0, weekend: 0, discount: 0, disinterest: 0 };

describe('conversionProbability', () => {
  it('is the rate where nothing speaks for or against', () => {
    expect(conversionProbability(0.3, { ...none, priceLevel: 2 }, null)).toBe(0.3);
    expect(conversionProbability(0.3, none, shopConversions.effects.click)).toBeCloseTo(0.3, 15);
  });

  it('multiplies the odds by e to the effect times the feature', () => {
    // Odds 1 : 1, times e^(ln 3 x 1) = 3 : 1.
    const effects = { ...none, discount: Math.log(3) };
    expect(conversionProbability(0.5, { ...none, discount: 1 }, effects)).toBeCloseTo(0.75, 15);
    // Odds 1 : 3, times 3 twice = 3 : 1.
    const views = { ...none, earlierViews: Math.log(3) };
    expect(conversionProbability(0.25, { ...none, earlierViews: 2 }, views)).toBeCloseTo(0.75, 15);
  });

  it('leaves impossible and certain as they are', () => {
    const features = { ...none, discount: 1 };
    expect(conversionProbability(0, features, shopConversions.effects.cart)).toBe(0);
    expect(conversionProbability(1, features, shopConversions.effects.cart)).toBe(1);
  });
});

it('looks at the places of a session as often as it is told; the last number holds for the rest', () => {
  const conversions = { ...shopConversions, examination: [1, 0.5] };
  expect([1, 2, 3, 9].map((place) => examinationProbability(conversions, place))).toEqual([1, 0.5, 0.5, 0.5]);
  expect(examinationProbability(null, 7)).toBe(1);
});

describe('a shop with conversions', () => {
  const conversions: ShopConversions = shopConversions;
  const { log, truth } = generateShopLog(
    { ...plainShop, users: 350, days: 168, driftShare: 0.3, conversions, details: true },
    createRng(15),
  );
  const { exposures } = truth;

  /** Effects found by a regression on the features and one column a group, against the planted ones. */
  const recovers = (
    step: ConversionStep,
    rows: readonly ShopExposure[],
    did: (exposure: ShopExposure) => boolean,
  ): void => {
    const names = defaultShopGroups.map(({ name }) => name);
    const design = rows.map((exposure) => [
      ...conversionFeatures.map((name) => exposure[name]),
      ...names.map((name) => Number(truth.groupOf.get(exposure.userId) === name)),
    ]);
    const { coefficients, errors } = logisticRegression(design, rows.map(did));
    const rates = defaultShopGroups.map((group) => group[`${step}Rate`]);
    const planted = [
      ...conversionFeatures.map((name) => conversions.effects[step][name]),
      ...rates.map((rate) => Math.log(rate / (1 - rate))),
    ];
    planted.forEach((value, at) => {
      const z = (coefficients[at]! - value) / errors[at]!;
      expect({ step, at, off: Math.abs(z) > 4 }).toEqual({ step, at, off: false });
      // A wide error would pass with any value.
      expect(errors[at]!).toBeLessThan(0.3);
    });
  };

  it('has enough to measure', () => {
    expect(exposures.length).toBeGreaterThan(60_000);
    expect(exposures.length).toBe(log.events.filter(({ behavior }) => behavior === 'browse').length);
  });

  it('gives its coefficients back to a logistic regression, within standard errors', () => {
    const first = exposures.filter(({ place }) => place === 1);
    recovers('click', first, ({ didClick }) => didClick);
    const clicked = exposures.filter(({ didClick }) => didClick);
    recovers('favorite', clicked, ({ didFavorite }) => didFavorite);
    recovers('cart', clicked, ({ didCart }) => didCart);
    recovers(
      'purchase',
      clicked.filter(({ didCart }) => didCart),
      ({ didPurchase }) => didPurchase,
    );
  });

  it('is calibrated: in every tenth of the probabilities as many clicks as they promise', () => {
    const sorted = exposures.toSorted((a, b) => clickProbability(a) - clickProbability(b));
    const size = Math.ceil(sorted.length / 10);
    for (let bin = 0; bin < 10; bin++) {
      const part = sorted.slice(bin * size, (bin + 1) * size);
      const mean = part.reduce((sum, exposure) => sum + clickProbability(exposure), 0) / part.length;
      expect(isBinomial(part.filter(({ didClick }) => didClick).length, part.length, mean)).toBe(true);
    }
  });

  it('is less clicked further down, by the examination alone', () => {
    const rates = [1, 2, 4, 8].map((place) => {
      const at = exposures.filter((exposure) => exposure.place === place);
      const attraction = at.reduce((sum, exposure) => sum + exposure.attraction, 0) / at.length;
      const clicks = at.filter(({ didClick }) => didClick).length;
      expect(isBinomial(clicks, at.length, attraction * conversions.examination[place - 1]!)).toBe(true);
      return clicks / at.length;
    });
    expect(rates).toEqual(rates.toSorted((a, b) => b - a));
  });

  it('cannot be predicted better than by its truth', () => {
    const loss = (of: (exposure: ShopExposure) => number): number =>
      exposures.reduce((sum, exposure) => {
        const p = of(exposure);
        return sum - Math.log(exposure.didClick ? p : 1 - p);
      }, 0) / exposures.length;
    const clickRate = (exposure: ShopExposure): number =>
      defaultShopGroups.find(({ name }) => name === truth.groupOf.get(exposure.userId))!.clickRate;
    const best = loss((exposure) => Math.min(clickProbability(exposure), 1 - 1e-12));
    expect(best).toBeLessThan(loss(({ attraction }) => attraction) - 0.005);
    expect(best).toBeLessThan(loss(clickRate) - 0.005);
    const shuffled = createRng(1).shuffle(exposures.map(clickProbability));
    let at = 0;
    expect(best).toBeLessThan(loss(() => shuffled[at++]!) - 0.02);
  });

  it('tells with every exposure what stands in the log', () => {
    const views = new Map<string, number>();
    const wrong = exposures.filter(
      ({ event, userId, itemId, earlierViews, weekend, discount, priceLevel }) => {
        const row = log.events[event]!;
        const { price } = log.items.get(itemId)!;
        const key = `${userId} ${itemId}`;
        const before = views.get(key) ?? 0;
        views.set(key, before + 1);
        return !(
          row.userId === userId &&
          row.itemId === itemId &&
          row.behavior === 'browse' &&
          weekend === Number([0, 6].includes(new Date(row.timeMs!).getUTCDay())) &&
          row.price === (discount ? Math.round(80 * price!) / 100 : price) &&
          Math.abs(priceLevel) < 5 &&
          earlierViews === Math.min(before, 3)
        );
      },
    );
    expect(wrong).toEqual([]);
    const did = (flag: 'didClick' | 'didFavorite' | 'didCart' | 'didPurchase'): number =>
      exposures.filter((exposure) => exposure[flag]).length;
    const rows = (name: string): number => log.events.filter(({ behavior }) => behavior === name).length;
    expect([did('didClick'), did('didFavorite'), did('didCart'), did('didPurchase')]).toEqual(
      ['click', 'favorite', 'cart', 'purchase'].map(rows),
    );
  });

  it('has items on offer as often as it is told', () => {
    const shown = new Map<string, number>();
    for (const { event, itemId, discount } of exposures) {
      // 1970-01-05 was a Monday.
      const week = Math.floor((log.events[event]!.timeMs! / 86_400_000 - 4) / 7);
      if ((shown.get(`${itemId} ${week}`) ?? discount) !== discount) expect.fail(`${itemId} in week ${week}`);
      shown.set(`${itemId} ${week}`, discount);
    }
    const offers = [...shown.values()].filter((discount) => discount === 1).length;
    expect(isBinomial(offers, shown.size, conversions.discountShare)).toBe(true);
  });

  it('knows what would have happened: the same exposure again is the same probability', () => {
    for (const exposure of exposures.slice(0, 200)) {
      const { userId, itemId, place, earlierViews, discount } = exposure;
      const { timeMs } = log.events[exposure.event]!;
      const item = log.items.get(itemId)!;
      const situation = { item, place, earlierViews, timeMs: timeMs!, isDiscounted: discount === 1 };
      const again = counterfactual(truth, userId, situation);
      expect(exposure).toMatchObject(again);
      const [top, low] = [1, 9].map((at) => counterfactual(truth, userId, { ...situation, place: at }));
      expect(clickProbability(low!)).toBeCloseTo(0.5 * clickProbability(top!), 12);
    }
    const situation = { item: [...log.items.values()][0]!, place: 1, earlierViews: 0, timeMs: 0 };
    expect(() => counterfactual(truth, 'nobody', { ...situation, isDiscounted: false })).toThrow(
      /no customer 'nobody'/,
    );
  });
});

it.each<[string, Partial<ShopConversions>, RegExp]>([
  [
    'an effect that is no number',
    { effects: { ...shopConversions.effects, cart: { ...none, weekend: NaN } } },
    /weekend on cart must be a number, got NaN/,
  ],
  ['no examination', { examination: [] }, /examination must be .* got none/],
  ['an examination above 1', { examination: [1.2] }, /got 1.2/],
  ['a discount on more than all', { discountShare: 2 }, /discountShare must be from 0 to 1, got 2/],
  ['goods for nothing', { discountRate: 1 }, /discountRate must be from 0 to below 1, got 1/],
])('refuses %s', (_, change, message) => {
  expect(() => checkConversions({ ...shopConversions, ...change })).toThrow(message);
});
