import { describe, expect, it } from 'vitest';
import { createRng } from '../../../lib/base/random';
import { drawBeta } from '../../../lib/data/gamma-draw';
import { betaBinomial } from '../../../lib/evaluation/ab-tests/beta-binomial';

const near = (found: number, expected: number): void =>
  expect(Math.abs(found - expected)).toBeLessThan(1e-10);

describe('what to believe of rates', () => {
  const two = [
    { successes: 130, cases: 2000 },
    { successes: 165, cases: 2100 },
  ];

  // Closed form of Miller, "Formulas for Bayesian A/B Testing", 2015, with scipy.special.betaln 1.17.1:
  // sum(exp(betaln(131 + i, 1936 + 1871) - log(1936 + i) - betaln(1 + i, 1936) - betaln(131, 1871)) for i in range(166));
  // losses: scipy.integrate.quad of beta.cdf(t, *own) * (1 - beta.cdf(t, *other))
  it('agrees with the closed form of two groups', () => {
    const [first, second] = betaBinomial(two);
    near(second!.probabilityBest, 0.9533788226707591);
    near(first!.probabilityBest, 1 - 0.9533788226707591);
    near(first!.expectedLoss, 0.013694005309580624);
    near(second!.expectedLoss, 0.0001561635129376869);
    // The losses of two groups differ by as much as their means.
    near(first!.expectedLoss - second!.expectedLoss, second!.mean - first!.mean);
  });

  // scipy.integrate.quad of beta.pdf(t, *own) * product of beta.cdf(t, *other), and likewise the losses
  it('agrees with the integrals of three groups', () => {
    const found = betaBinomial([
      { successes: 10, cases: 100 },
      { successes: 14, cases: 100 },
      { successes: 12, cases: 100 },
    ]);
    const expected = [
      [0.12294724545010552, 0.052781776665155225],
      [0.5845509568488905, 0.013566090390645434],
      [0.29250179770100415, 0.033173933527900344],
    ] as const;
    for (const [group, [best, loss]] of expected.entries()) {
      near(found[group]!.probabilityBest, best);
      near(found[group]!.expectedLoss, loss);
    }
  });

  it('agrees with drawing, also for groups of very different size', () => {
    const groups = [
      { successes: 0, cases: 10 },
      { successes: 10_000, cases: 100_000 },
      { successes: 3, cases: 10 },
    ];
    const prior = { a: 0.5, b: 0.5 };
    const found = betaBinomial(groups, prior);
    const rng = createRng(1);
    const draws = 40_000;
    const [best, losses] = [new Float64Array(3), new Float64Array(3)];
    for (let draw = 0; draw < draws; draw++) {
      const rates = found.map(({ a, b }) => drawBeta(a / (a + b), a + b, rng));
      const most = Math.max(...rates);
      for (const [group, rate] of rates.entries()) {
        best[group]! += Number(rate === most) / draws;
        losses[group]! += (most - rate) / draws;
      }
    }
    for (const [group, { probabilityBest, expectedLoss }] of found.entries()) {
      expect(Math.abs(best[group]! - probabilityBest)).toBeLessThan(0.01);
      expect(Math.abs(losses[group]! - expectedLoss)).toBeLessThan(0.005);
    }
    near(
      found.reduce((sum, { probabilityBest }) => sum + probabilityBest, 0),
      1,
    );
  });

  it('gives equal groups equal chances, and sure ones all of them', () => {
    const alike = betaBinomial([two[0]!, two[0]!, two[0]!, two[0]!]);
    for (const { probabilityBest } of alike) near(probabilityBest, 0.25);
    const [low, high] = betaBinomial([
      { successes: 10, cases: 10_000 },
      { successes: 9000, cases: 10_000 },
    ]);
    near(high!.probabilityBest, 1);
    near(high!.expectedLoss, 0);
    near(low!.expectedLoss, high!.mean - low!.mean);
  });

  // scipy.integrate.quad as above, of beta(125, 2375), beta(143, 2357) and beta(36, 614)
  it('holds where a share of one rate is next to 1 for another', () => {
    const found = betaBinomial(
      [
        { successes: 100, cases: 2000 },
        { successes: 118, cases: 2000 },
        { successes: 11, cases: 150 },
      ],
      { a: 25, b: 475 },
    );
    const expected = [0.06536032853274935, 0.535711677551511, 0.39892799391574024];
    for (const [group, best] of expected.entries()) near(found[group]!.probabilityBest, best);
  });

  it('refuses what are no rates', () => {
    expect(() => betaBinomial([two[0]!])).toThrow(/2 groups/);
    expect(() => betaBinomial(two, { a: 0, b: 1 })).toThrow(/prior/);
    expect(() => betaBinomial([two[0]!, { successes: 5, cases: 4 }])).toThrow(/group 1 has 5 of 4/);
  });
});
