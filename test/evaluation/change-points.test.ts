import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matrix, matrixFromRows, type Matrix } from '../../lib/base/matrix';
import { createRng } from '../../lib/base/random';
import {
  bestCut,
  changePoints,
  multinomialCost,
  squaredErrorCost,
  type SegmentCost,
} from '../../lib/evaluation/change-points';

// Values: ruptures 1.1.10.
// i = np.arange(60); x = (np.where(i<22, 0, np.where(i<41, 1.5, .5)) + np.sin(i*12.9898)*.8).astype(np.float32).astype(float)
const waves = matrix(
  60,
  1,
  Float32Array.from(
    { length: 60 },
    (_, i) => (i < 22 ? 0 : i < 41 ? 1.5 : 0.5) + Math.sin(i * 12.9898) * 0.8,
  ),
);
// k = np.where(i<25, (i*7)%3, np.where(i<45, 3+(i*5)%2, (i*3+1)%5)); S = np.eye(5)[k]
const draws = matrixFromRows(
  Array.from({ length: 60 }, (_, i) => {
    const kind = i < 25 ? (i * 7) % 3 : i < 45 ? 3 + ((i * 5) % 2) : (i * 3 + 1) % 5;
    return Array.from({ length: 5 }, (_unused, own) => Number(own === kind));
  }),
);

describe('change points', () => {
  it('agree with ruptures where a mean changes', () => {
    // r = rpt.Pelt(model='l2', min_size=m, jump=1).fit(x.reshape(-1, 1)).predict(pen=pen); rpt.costs.CostL2().fit(x).sum_of_costs(r)
    const expected = [
      { penalty: 1, minLength: 1, cuts: [8, 16, 30, 38, 41, 45, 52], cost: 4.565564249467071 },
      { penalty: 1, minLength: 4, cuts: [8, 16, 30, 37, 41, 45, 52], cost: 4.59421909182092 },
      { penalty: 3, minLength: 1, cuts: [8, 16, 30, 39], cost: 10.091848239328588 },
      { penalty: 6, minLength: 4, cuts: [22, 39], cost: 17.612287104153967 },
    ];
    for (const { penalty, minLength, cuts, cost } of expected) {
      const found = changePoints(60, squaredErrorCost(waves), { penalty, minLength });
      expect(found.cuts).toEqual(cuts);
      expect(found.cost).toBeCloseTo(cost, 9);
    }
    // rpt.Binseg(model='l2', min_size=1, jump=1).fit(x).predict(n_bkps=1)
    expect(bestCut(60, squaredErrorCost(waves)).at).toBe(17);
  });

  it('agree with ruptures where shares change', () => {
    // class Multi(BaseCost): error(a, b): c = S[a:b].sum(0); c = c[c > 0]; n = c.sum(); n * np.log(n) - (c * np.log(c)).sum()
    // rpt.Pelt(custom_cost=Multi(), min_size=m, jump=1).fit(S).predict(pen=pen)
    for (const [penalty, minLength] of [
      [4, 1],
      [4, 3],
      [8, 1],
      [8, 3],
    ] as const) {
      const found = changePoints(60, multinomialCost(draws), { penalty, minLength });
      expect(found.cuts).toEqual([25, 45]);
      expect(found.cost).toBeCloseTo(65.4303220565121, 9);
    }
    expect(bestCut(60, multinomialCost(draws)).at).toBe(25); // rpt.Binseg(custom_cost=Multi(), ...), n_bkps=1
  });

  const series = fc
    .array(fc.array(fc.nat(4), { minLength: 2, maxLength: 2 }), { minLength: 1, maxLength: 9 })
    .map(matrixFromRows);
  const costs: readonly ((of: Matrix) => SegmentCost)[] = [squaredErrorCost, multinomialCost];

  it('are the best of all ways to cut, tried one by one', () => {
    fc.assert(
      fc.property(
        series,
        fc.constantFrom(...costs),
        fc.double({ min: 0, max: 8, noNaN: true }),
        fc.integer({ min: 1, max: 4 }),
        (of, costOf, penalty, minLength) => {
          const cost = costOf(of);
          const [length, found] = [of.rows, changePoints(of.rows, cost, { penalty, minLength })];
          let least = Infinity;
          for (let chosen = 0; chosen < 2 ** (length - 1); chosen++) {
            const cuts = Array.from({ length: length - 1 }, (_, at) => at + 1).filter(
              (cut) => (chosen >> (cut - 1)) & 1,
            );
            const ends = [...cuts, length];
            const pieces = ends.map((end, at) => [at === 0 ? 0 : ends[at - 1]!, end] as const);
            if (length >= minLength && pieces.some(([start, end]) => end - start < minLength)) continue;
            const total = pieces.reduce((sum, [start, end]) => sum + cost(start, end), penalty * cuts.length);
            least = Math.min(least, length >= minLength || cuts.length === 0 ? total : Infinity);
          }
          expect(found.cost + penalty * found.cuts.length).toBeCloseTo(least, 9);
          const edges = [0, ...found.cuts, length];
          const own = edges.slice(1).reduce((sum, end, at) => sum + cost(edges[at]!, end), 0);
          expect(own).toBeCloseTo(found.cost, 9);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('cost what the definitions say, and cutting never costs more', () => {
    const of = matrixFromRows([[1], [2], [6]]);
    expect(squaredErrorCost(of)(0, 3)).toBeCloseTo(14, 12);
    expect(
      multinomialCost(
        matrixFromRows([
          [1, 0],
          [0, 3],
        ]),
      )(0, 2),
    ).toBeCloseTo(-Math.log(0.25) - 3 * Math.log(0.75), 12);
    expect(multinomialCost(matrixFromRows([[0, 0]]))(0, 1)).toBe(0);
    fc.assert(
      fc.property(series, fc.constantFrom(...costs), fc.nat(9), (whole, costOf, where) => {
        const cost = costOf(whole);
        const cut = Math.min(where, whole.rows - 1);
        fc.pre(cut > 0);
        expect(cost(0, cut) + cost(cut, whole.rows)).toBeLessThanOrEqual(cost(0, whole.rows) + 1e-9);
      }),
    );
  });

  it('are rare in noise under the usual penalties, and found where planted', () => {
    const rng = createRng(21);
    const trials = 200;
    let [alarms, hits] = [0, 0];
    const penalty = 2 * Math.log(80); // (D + 1) sigma^2 ln T
    for (let trial = 0; trial < trials; trial++) {
      const noise = Float32Array.from({ length: 80 }, () => rng.normal());
      if (changePoints(80, squaredErrorCost(matrix(80, 1, noise)), { penalty }).cuts.length > 0) alarms += 1;
      const moved = noise.map((value, at) => value + (at < 40 ? 0 : 2));
      const { cuts } = changePoints(80, squaredErrorCost(matrix(80, 1, moved)), { penalty, minLength: 4 });
      if (cuts.some((cut) => Math.abs(cut - 40) <= 3)) hits += 1;
    }
    expect(alarms / trials).toBeLessThan(0.15);
    expect(hits / trials).toBeGreaterThan(0.85);
  });

  it('do without cuts what is too short, and refuse what cannot be', () => {
    const cost = squaredErrorCost(waves);
    expect(changePoints(0, cost, { penalty: 1 })).toEqual({ cuts: [], cost: 0 });
    expect(changePoints(3, cost, { penalty: 0, minLength: 4 }).cuts).toEqual([]);
    expect(bestCut(3, cost, 2)).toEqual({ at: -1, gain: 0 });
    expect(() => changePoints(9, cost, { penalty: -1 })).toThrow('from 0, got -1');
    expect(() => bestCut(9, cost, 0)).toThrow('from 1, got 0');
    expect(() => multinomialCost(matrixFromRows([[1, -1]]))).toThrow('entry 1 is -1');
  });
});
