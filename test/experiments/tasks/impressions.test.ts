import { describe, expect, it } from 'vitest';
import { createRng } from '../../../lib/base/random';
import type { OpenBanditLog } from '../../../lib/data/read-open-bandit';
import { shopConversions } from '../../../lib/data/shop/full';
import { generateShopLog } from '../../../lib/data/shop/log';
import { auroc } from '../../../lib/evaluation/auroc';
import { logLoss } from '../../../lib/evaluation/log-loss';
import { impressionCases } from '../../../lib/experiments/tasks/bandit-clicks';
import { learnForecast } from '../../../lib/experiments/tasks/learn-forecast';
import { clickHabits, shopImpressions } from '../../../lib/experiments/tasks/shop-impressions';

const day = 86_400_000;

describe('impressions of Open Bandit', () => {
  const log: OpenBanditLog = {
    policy: 'random',
    campaign: 'men',
    items: Int32Array.of(1, 0, 1),
    itemCount: 2,
    places: Int32Array.of(0, 2, 2),
    clicks: Float64Array.of(0, 1, 0),
    propensities: Float64Array.of(0.5, 0.5, 0.5),
    timesMs: Float64Array.of(5, 7, 20 * 3_600_000),
    userFeatures: [
      ['a', 'b'],
      ['c', 'b'],
      ['a', 'b'],
    ],
    sha256: '',
  };
  const told = ({ features, names }: ReturnType<typeof impressionCases>): string[][] =>
    Array.from({ length: features.rows }, (_, row) =>
      names.filter((_, column) => features.values[row * features.columns + column] === 1),
    );

  it('are told by columns of 0 and 1, each by its own', () => {
    expect(told(impressionCases([log], ['place', 'item']))).toEqual([
      ['place 1 of 3', 'item 1 of men'],
      ['place 3 of 3', 'item 0 of men'],
      ['item 1 of men', 'place 3 of 3'],
    ]);
    expect(told(impressionCases([log], ['user', 'hour']))).toEqual([
      ['user 0: a', 'user 1: b', 'quarter 0 of the day'],
      ['user 1: b', 'quarter 0 of the day', 'user 0: c'],
      ['user 0: a', 'user 1: b', 'quarter 3 of the day'],
    ]);
  });

  it('of several campaigns are in the order of time, and told apart', () => {
    const women: OpenBanditLog = { ...log, campaign: 'women', timesMs: Float64Array.of(6, 8, 9) };
    const { clicks, names, timesMs } = impressionCases([log, women], ['item']);
    expect(Array.from(timesMs)).toEqual([5, 6, 7, 8, 9, 20 * 3_600_000]);
    expect(Array.from(clicks)).toEqual([0, 0, 1, 1, 0, 0]);
    expect(names).toContain('campaign women');
    expect(() => impressionCases([], ['item'])).toThrow('needs a log');
  });
});

describe('impressions of the made-up shop', () => {
  const { log, truth } = generateShopLog(
    { users: 120, days: 60, conversions: shopConversions },
    createRng(8),
  );
  const start = truth.options.startMs;
  const [early, late] = [
    shopImpressions(log, truth.exposures, { fromMs: start, untilMs: start + 40 * day }),
    shopImpressions(log, truth.exposures, { fromMs: start + 40 * day, untilMs: start + 60 * day }),
  ] as const;

  it('are each in one time, and their clicks those of the log', () => {
    const clicks = log.events.filter(({ behavior, timeMs }) => behavior === 'click' && timeMs !== null);
    expect(early.clicks.length).toBeGreaterThan(2000);
    const told = [...early.clicks, ...late.clicks].reduce((sum, one) => sum + one, 0);
    expect(told / clicks.length).toBeGreaterThan(0.9); // bots and spoilt rows are none
    expect(told).toBeLessThanOrEqual(clicks.length);
  });

  it('are forecast by their features better than by a base rate, and never better than by what was planted', () => {
    const forecast = learnForecast({ features: early.features, labels: early.clicks }, late.features, {
      rng: createRng(1),
      strengths: [0.1],
    });
    const rate = early.clicks.reduce((sum, one) => sum + one, 0) / early.clicks.length;
    const base = logLoss(new Float64Array(late.clicks.length).fill(rate), late.clicks);
    const [own, planted] = [logLoss(forecast, late.clicks), logLoss(late.planted, late.clicks)];
    expect(own).toBeLessThan(base - 0.02);
    expect(planted).toBeLessThan(own);
    expect(auroc(late.planted, late.clicks)).toBeGreaterThan(auroc(forecast, late.clicks));
  });

  it('are told by what their users did before, smoothed', () => {
    const one = { ...early, userIds: ['u', 'nobody'], categories: ['toys', 'toys'] };
    const toy = [...log.items].find(([, { categories }]) => categories[0] === 'toys')![0];
    const book = [...log.items].find(([, { categories }]) => categories[0] === 'books')![0];
    const event = { ...log.events[0]!, userId: 'u', query: null };
    const events = [
      ...[toy, book, book].map((itemId) => ({ ...event, behavior: 'browse' as const, itemId })),
      { ...event, behavior: 'click' as const, itemId: toy },
    ];
    const habits = clickHabits({ ...log, events }, one);
    const odds = (share: number): number => Math.log(share / (1 - share));
    expect(Array.from(habits.values)).toEqual(Array.from(Float32Array.of(odds(5 / 13), 0.5, odds(0.4), 0)));
  });

  it('are refused where nothing was seen', () => {
    expect(() => shopImpressions(log, truth.exposures, { fromMs: 1, untilMs: 2 })).toThrow(
      'nothing was seen',
    );
  });
});
