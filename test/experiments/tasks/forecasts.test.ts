import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matrix } from '../../../lib/base/matrix';
import { createRng } from '../../../lib/base/random';
import { auroc } from '../../../lib/evaluation/auroc';
import { averagePrecision } from '../../../lib/evaluation/average-precision';
import { brierScore } from '../../../lib/evaluation/brier-score';
import { logLoss } from '../../../lib/evaluation/log-loss';
import { judgeForecasts } from '../../../lib/experiments/tasks/judge-forecasts';
import { besideColumns, learnForecast, rowsOfCases } from '../../../lib/experiments/tasks/learn-forecast';
import {
  sortedCases,
  weightedAuroc,
  weightedAveragePrecision,
} from '../../../lib/experiments/tasks/weighted-areas';

/** Cases that happen as often as they were forecast. */
function honestCases(cases: number, seed: number): { forecast: number[]; happened: number[] } {
  const rng = createRng(seed);
  const forecast = Array.from({ length: cases }, () => rng.next());
  return { forecast, happened: forecast.map((own) => Number(rng.next() < own)) };
}

describe('areas of weighted cases', () => {
  it('are those of the cases written out as often as they count, ties and all', () => {
    const one = fc.record({
      score: fc.integer({ min: 0, max: 4 }),
      label: fc.integer({ min: 0, max: 1 }),
      count: fc.integer({ min: 0, max: 3 }),
    });
    fc.assert(
      fc.property(fc.array(one, { maxLength: 12 }), (some) => {
        const cases = [...some, { score: 2, label: 1, count: 1 }, { score: 2, label: 0, count: 1 }];
        const sorted = sortedCases(
          cases.map(({ score }) => score),
          cases.map(({ label }) => label),
        );
        const counts = cases.map(({ count }) => count);
        const out = cases.flatMap(({ count, ...rest }) => Array.from({ length: count }, () => rest));
        const [scores, labels] = [out.map(({ score }) => score), out.map(({ label }) => label)];
        expect(weightedAuroc(sorted, counts)).toBeCloseTo(auroc(scores, labels), 12);
        expect(weightedAveragePrecision(sorted, counts)).toBeCloseTo(averagePrecision(scores, labels), 12);
      }),
    );
  });
});

describe('judged forecasts', () => {
  const { forecast, happened } = honestCases(400, 3);
  const base = { name: 'base rate', probabilities: forecast.map(() => 0.5) };
  const judge = (options = {}) =>
    judgeForecasts([base, { name: 'honest', probabilities: forecast }], happened, {
      rng: createRng(1),
      resamples: 200,
      ...options,
    });

  it('have the values of the metrics, and intervals around them', () => {
    const [first, honest] = judge();
    expect(first!.auroc).toEqual({ value: 0.5, low: 0.5, high: 0.5 });
    expect(first!.logLoss.value).toBeCloseTo(Math.LN2, 12);
    expect(first!.beyondFirst).toBeNull();
    expect(honest!.auroc.value).toBeCloseTo(auroc(forecast, happened), 12);
    expect(honest!.averagePrecision.value).toBeCloseTo(averagePrecision(forecast, happened), 12);
    expect(honest!.logLoss.value).toBeCloseTo(logLoss(forecast, happened), 12);
    expect(honest!.brier.value).toBeCloseTo(brierScore(forecast, happened), 12);
    for (const metric of ['auroc', 'averagePrecision', 'logLoss', 'brier'] as const) {
      const { value, low, high } = honest![metric];
      expect(low).toBeLessThan(value);
      expect(high).toBeGreaterThan(value);
      expect(honest!.beyondFirst![metric].value).toBeCloseTo(value - first![metric].value, 12);
    }
    expect(honest!.beyondFirst!.logLoss.high).toBeLessThan(0);
    expect(honest!.calibrationError).toBeLessThan(0.1);
  });

  it('have the width of the textbook: Hanley and McNeil for the area, the spread of the mean for the Brier score', () => {
    const honest = judge({ resamples: 1000 })[1]!;
    const [area, positives] = [honest.auroc.value, happened.reduce((sum, one) => sum + one, 0)];
    const negatives = 400 - positives;
    const [q1, q2] = [area / (2 - area), (2 * area * area) / (1 + area)];
    const error = Math.sqrt(
      (area * (1 - area) + (positives - 1) * (q1 - area ** 2) + (negatives - 1) * (q2 - area ** 2)) /
        (positives * negatives),
    );
    expect((honest.auroc.high - honest.auroc.low) / (2 * 1.96 * error)).toBeCloseTo(1, 0);
    const squares = forecast.map((own, at) => (own - happened[at]!) ** 2);
    const mean = squares.reduce((sum, own) => sum + own, 0) / 400;
    const spread = Math.sqrt(squares.reduce((sum, own) => sum + (own - mean) ** 2, 0) / 399 / 400);
    expect((honest.brier.high - honest.brier.low) / (2 * 1.96 * spread)).toBeGreaterThan(0.9);
    expect((honest.brier.high - honest.brier.low) / (2 * 1.96 * spread)).toBeLessThan(1.1);
  });

  it('draw users with all their cases: copies of a case say nothing new', () => {
    const twice = <T>(of: readonly T[]): T[] => of.flatMap((own) => [own, own]);
    const width = (users?: number[]): number => {
      const { low, high } = judgeForecasts(
        [{ name: 'honest', probabilities: twice(forecast) }],
        twice(happened),
        {
          rng: createRng(1),
          resamples: 300,
          ...(users && { users }),
        },
      )[0]!.auroc;
      return high - low;
    };
    const users = twice([...forecast.keys()]);
    expect(width(users) / width()).toBeGreaterThan(1.2); // the square root of 2, but for chance
  });

  it('are refused where nothing can be said', () => {
    const rng = createRng(1);
    expect(() => judgeForecasts([], [1, 0], { rng })).toThrow('there is no forecast');
    expect(() => judge({ resamples: 10 })).toThrow('from 100');
    expect(() => judge({ users: [1] })).toThrow('1 users for 400 cases');
    expect(() =>
      judgeForecasts(
        [base],
        happened.map(() => 1),
        { rng },
      ),
    ).toThrow('both are needed');
    expect(() => judgeForecasts([{ name: 'odd', probabilities: [2, 0] }], [1, 0], { rng })).toThrow('odd');
  });
});

describe('a forecast learned from known cases', () => {
  const rows = (of: readonly (readonly number[])[]) =>
    matrix(of.length, of[0]!.length, Float32Array.from(of.flat()));
  const rng = createRng(2);
  const xs = Array.from({ length: 300 }, () => [rng.normal(), rng.normal()]);
  const labels = xs.map(([x]) => Number(rng.next() < 1 / (1 + Math.exp(-2 * x!))));

  it('finds what counts, and asks nothing of the asked cases but their features', () => {
    const asked = [
      [-2, 0],
      [0, 0],
      [2, 0],
    ];
    const forecast = learnForecast({ features: rows(xs), labels }, rows(asked), { rng: createRng(1) });
    expect(forecast[0]).toBeLessThan(0.15);
    expect(Math.abs(forecast[1]! - 0.5)).toBeLessThan(0.12);
    expect(forecast[2]).toBeGreaterThan(0.85);
    // Each case by itself, whoever is asked beside it.
    const alone = learnForecast({ features: rows(xs), labels }, rows([[2, 0]]), { rng: createRng(1) });
    expect(alone[0]).toBeCloseTo(forecast[2]!, 12);
  });

  it('is refused without both answers or with other columns', () => {
    const features = rows(xs);
    expect(() => learnForecast({ features, labels: xs.map(() => 0) }, features, { rng })).toThrow(
      'both answers',
    );
    expect(() => learnForecast({ features, labels }, rows([[1]]), { rng })).toThrow('1 columns are asked');
  });

  it('reads features side by side', () => {
    const beside = besideColumns(
      rows([
        [1, 2],
        [3, 4],
      ]),
      rows([[5], [6]]),
    );
    expect(Array.from(beside.values)).toEqual([1, 2, 5, 3, 4, 6]);
    expect(() => besideColumns(rows([[1]]), rows([[1], [2]]))).toThrow('2 rows beside 1');
  });

  it('gives each case the row of its user, and zeros for nobody', () => {
    const users = rows([
      [1, 2],
      [3, 4],
    ]);
    expect(Array.from(rowsOfCases(users, [1, -1, 0, 1]).values)).toEqual([3, 4, 0, 0, 1, 2, 3, 4]);
    expect(() => rowsOfCases(users, [2])).toThrow('case 0 has row 2 of 2');
  });
});
