import { describe, expect, it } from 'vitest';
import { createRng } from '../../../lib/base/random';
import { cdnowOriginal } from '../../../lib/data/formats/cdnow';
import { drawBeta, drawGamma } from '../../../lib/data/gamma-draw';
import { openDatabase } from '../../../lib/data/tables/database';
import { readTable } from '../../../lib/data/tables/read-table';
import {
  fitBgNbd,
  meanLogLikelihood,
  probabilityAlive,
  probabilityOfPurchase,
} from '../../../lib/experiments/tasks/bg-nbd';
import { purchaseLog } from '../../../lib/experiments/tasks/purchase-log';
import { purchaseSummaries } from '../../../lib/experiments/tasks/purchase-summaries';
import { publishedData } from '../../data/formats/published-data';

const day = 86_400_000;
const published = { r: 0.243, alpha: 4.414, a: 0.793, b: 2.426 };
const counts = (...of: readonly (readonly [x: number, recency: number, age: number])[]) => ({
  repeats: Float64Array.from(of, ([x]) => x),
  recency: Float64Array.from(of, ([, recency]) => recency),
  age: Float64Array.from(of, ([, , age]) => age),
});

/** Customers as the model's assumptions have them, watched for `age` weeks and then for `later` more. */
function customers(model: typeof published, number: number, age: number, later: number, seed: number) {
  const rng = createRng(seed);
  const summaries: [number, number, number][] = [];
  const bought: number[] = [];
  for (let at = 0; at < number; at++) {
    const rate = drawGamma(model.r, rng) / model.alpha;
    const leaving = drawBeta(model.a / (model.a + model.b), model.a + model.b, rng);
    let [time, x, recency, buysLater] = [0, 0, 0, 0];
    for (;;) {
      time += -Math.log(1 - rng.next()) / rate;
      if (time > age + later) break;
      if (time > age) {
        buysLater = 1;
        break;
      }
      x += 1;
      recency = time;
      if (rng.next() < leaving) break;
    }
    summaries.push([x, recency, age]);
    bought.push(buysLater);
  }
  return { ...counts(...summaries), bought };
}

describe('the BG/NBD model', () => {
  it('has the likelihood of a customer without a repeat in closed form: nobody can have left', () => {
    // Integral of exp(-rate T) over gamma(r, alpha): (alpha / (alpha + T))^r.
    expect(meanLogLikelihood(published, counts([0, 0, 10]))).toBeCloseTo(
      0.243 * Math.log(4.414 / 14.414),
      12,
    );
  });

  it('has the likelihood of one repeat: stayed, or left at once, integrated by hand', () => {
    // E[p] = a / (a + b), E[rate exp(-rate s)] = r alpha^r / (alpha + s)^(r + 1).
    const { r, alpha, a, b } = published;
    const rate = (s: number): number => (r * alpha ** r) / (alpha + s) ** (r + 1);
    const likelihood = (b / (a + b)) * rate(12) + (a / (a + b)) * rate(5);
    expect(meanLogLikelihood(published, counts([1, 5, 12]))).toBeCloseTo(Math.log(likelihood), 12);
  });

  it('says how likely a customer is alive, as lifetimes 0.11.3 does', () => {
    // BetaGeoFitter with these params_: conditional_probability_alive(x, t_x, T)
    const alive = probabilityAlive(published, counts([0, 0, 10], [1, 3, 10], [3, 2, 10], [5, 30, 38]));
    expect(Array.from(alive)).toEqual([
      1,
      expect.closeTo(0.57243488, 8),
      expect.closeTo(0.28771997, 8),
      expect.closeTo(0.73035383, 8),
    ]);
  });

  it('says who buys within a period: nobody in none, whoever is alive in an endless one', () => {
    const of = counts([0, 0, 10], [5, 30, 38]);
    expect(Array.from(probabilityOfPurchase(published, of, 0))).toEqual([0, 0]);
    expect(probabilityOfPurchase(published, of, 1e60)[1]).toBeCloseTo(0.73035383, 8);
    expect(probabilityOfPurchase(published, of, 8)[0]).toBeCloseTo(1 - (14.414 / 22.414) ** 0.243, 12);
    expect(() => probabilityOfPurchase(published, of, -1)).toThrow('weeks must be 0 or more');
  });

  it('finds the numbers that made-up customers were drawn with, and says how many of them buy later', () => {
    const model = { r: 0.8, alpha: 4, a: 0.8, b: 2.4 };
    const { bought, ...drawn } = customers(model, 1500, 40, 13, 5);
    const fit = fitBgNbd(drawn);
    expect(fit.hasConverged).toBe(true);
    expect(fit.r / fit.alpha).toBeCloseTo(0.2, 1);
    expect(fit.a / (fit.a + fit.b)).toBeCloseTo(0.25, 1);
    expect(fit.meanLogLikelihood).toBeGreaterThanOrEqual(meanLogLikelihood(model, drawn));
    const forecast = probabilityOfPurchase(model, drawn, 13);
    const order = [...bought.keys()].sort((one, other) => forecast[one]! - forecast[other]!);
    for (let part = 0; part < 3; part++) {
      const own = order.slice(part * 500, (part + 1) * 500);
      const share = (of: ArrayLike<number>): number => own.reduce((sum, at) => sum + of[at]!, 0) / own.length;
      expect(Math.abs(share(forecast) - share(bought))).toBeLessThan(4 * Math.sqrt(0.25 / 500)); // 4 standard errors
    }
  });

  it('is not fitted where nobody has bought twice', () => {
    expect(() => fitBgNbd(counts([0, 0, 10], [0, 0, 3]))).toThrow('nobody has bought twice');
    expect(() => fitBgNbd(counts())).toThrow('nobody has bought twice');
  });

  const sample = publishedData('cdnow', 'CDNOW_sample.txt');
  it.skipIf(sample === null)('has the published numbers on the sample of CDNOW', async () => {
    const database = await openDatabase();
    const log = await purchaseLog(await readTable(database, sample!, { format: cdnowOriginal }));
    database.close();
    const cutMs = Date.UTC(1997, 9, 1);
    const before = { ...log, events: log.events.filter(({ timeMs }) => timeMs! < cutMs) };
    const summaries = purchaseSummaries(before, cutMs);
    // The sheet of Fader and Hardie: 2,357 customers, 2,457 repeats, the first with x 2, t_x 30.43, T 38.86.
    expect(summaries.userIds).toHaveLength(2357);
    expect(summaries.repeats.reduce((sum, x) => sum + x, 0)).toBe(2457);
    expect([summaries.repeats[0], summaries.recency[0], summaries.age[0]]).toEqual([2, 213 / 7, 272 / 7]);
    const fit = fitBgNbd(summaries);
    expect(fit.meanLogLikelihood * 2357).toBeCloseTo(-9582.4, 1); // as published
    // lifetimes 0.11.3 on the same days: .2425945, 4.4136027, .7929218, 2.4259057; published are .243, 4.414, .793, 2.426.
    expect(fit.r).toBeCloseTo(0.2425945, 4);
    expect(fit.alpha).toBeCloseTo(4.4136027, 3);
    expect(fit.a).toBeCloseTo(0.7929218, 3);
    expect(fit.b).toBeCloseTo(2.4259057, 3);
    expect(cutMs % day).toBe(0);
  });
});
