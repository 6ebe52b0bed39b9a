import { describe, expect, it } from 'vitest';
import { createRng } from '../../../lib/base/random';
import { powerForProportions } from '../../../lib/evaluation/ab-tests/sample-size';
import { binomialDraw } from '../../../lib/experiments/ab-tests/draw-binomial';
import {
  simulateAbTests,
  stoppingRules,
  type RuleOutcome,
  type SimulatedTests,
  type StoppingRule,
} from '../../../lib/experiments/ab-tests/simulate-ab-tests';

const aa: SimulatedTests = { rates: [0.1, 0.1], casesPerLook: 500, looks: 14, tests: 10_000 };

function byRule(settings: SimulatedTests, seed: number): Record<StoppingRule, RuleOutcome> {
  const { outcomes } = simulateAbTests(settings, createRng(seed));
  return Object.fromEntries(outcomes.map((outcome) => [outcome.rule, outcome])) as never;
}

describe('10,000 A/A tests', () => {
  const found = byRule(aa, 1);

  it('claim a difference in 5 % when looked at once', () => {
    expect(Math.abs(found.once.claimed - 0.05)).toBeLessThan(0.007);
    expect(found.once.interval.low).toBeLessThan(0.05);
    expect(found.once.interval.high).toBeGreaterThan(0.05);
    expect([...found.once.claimedBy.subarray(0, 13)]).toEqual(Array(13).fill(0));
  });

  it('claim one three times as often when looked at every day, and stopped', () => {
    expect(found.peeking.claimed).toBeGreaterThan(0.15);
    expect(found.peeking.claimedBy[0]).toBeCloseTo(0.05, 1.5);
  });

  it('claim no more than they promise by the rules made for looking', () => {
    expect(found['always-valid'].interval.low).toBeLessThan(0.05);
    expect(found['always-valid'].claimed).toBeLessThan(0.05);
    expect(Math.abs(found['group-sequential'].claimed - 0.05)).toBeLessThan(0.008);
  });

  it('have every p as often as any other', () => {
    const { ps } = simulateAbTests({ ...aa, looks: 2, casesPerLook: 5000 }, createRng(2));
    const tenths = new Float64Array(10);
    for (const p of ps) tenths[Math.min(9, Math.floor(p * 10))]! += 1;
    const chiSquare = tenths.reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
    expect(chiSquare).toBeLessThan(33.7); // 99.99 % point with 9 degrees of freedom
  });
});

describe('A/B tests with a true difference', () => {
  const rates = [0.1, 0.11] as const;
  const found = byRule({ ...aa, rates, tests: 4000, expectedEffect: 0.01 }, 3);

  it('find it as often as the formula says', () => {
    const power = powerForProportions(
      { first: rates[0], second: rates[1] },
      { firstCases: 7000, secondCases: 7000 },
    );
    expect(Math.abs(found.once.claimed - power)).toBeLessThan(0.03);
  });

  it('stop earlier by a rule that may, and the one that needs no end finds less', () => {
    expect(found['group-sequential'].meanCases).toBeLessThan(0.9 * found.once.meanCases);
    expect(found['group-sequential'].claimed).toBeGreaterThan(found.once.claimed - 0.05);
    expect(found['always-valid'].claimed).toBeLessThan(found['group-sequential'].claimed);
    expect(found['always-valid'].claimed).toBeGreaterThan(0.1);
  });
});

describe('simulation', () => {
  it('is the same for the same seed', () => {
    const small = { ...aa, tests: 20 };
    expect(simulateAbTests(small, createRng(4))).toEqual(simulateAbTests(small, createRng(4)));
    expect(simulateAbTests(small, createRng(4)).outcomes.map(({ rule }) => rule)).toEqual(stoppingRules);
  });

  it('draws binomial numbers of the right mean and variance', () => {
    const rng = createRng(5);
    for (const [cases, rate] of [
      [500, 0.1],
      [3, 0.7],
    ] as const) {
      const draw = binomialDraw(cases, rate);
      const drawn = Float64Array.from({ length: 20_000 }, () => draw(rng));
      const mean = drawn.reduce((a, b) => a + b) / drawn.length;
      const variance = drawn.reduce((sum, value) => sum + (value - mean) ** 2, 0) / drawn.length;
      const expected = cases * rate * (1 - rate);
      expect(Math.abs(mean - cases * rate)).toBeLessThan(5 * Math.sqrt(expected / drawn.length));
      expect(variance / expected).toBeCloseTo(1, 1);
    }
    expect([binomialDraw(9, 0)(rng), binomialDraw(9, 1)(rng), binomialDraw(0, 0.5)(rng)]).toEqual([0, 9, 0]);
  });

  it('refuses what cannot be drawn', () => {
    expect(() => binomialDraw(1.5, 0.1)).toThrow(/1.5 cases/);
    expect(() => simulateAbTests({ ...aa, looks: 0 }, createRng(1))).toThrow(/0 looks/);
    expect(() => simulateAbTests({ ...aa, rates: [0.1, 2] }, createRng(1))).toThrow(/rate 2/);
  });
});
