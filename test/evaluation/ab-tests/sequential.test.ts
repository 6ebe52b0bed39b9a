import { describe, expect, it } from 'vitest';
import { createRng } from '../../../lib/base/random';
import { startSequentialTest } from '../../../lib/evaluation/ab-tests/always-valid';
import { groupSequentialBounds } from '../../../lib/evaluation/ab-tests/group-sequential';
import { gaussLegendre, integrate } from '../../../lib/evaluation/gauss-legendre';

describe('group-sequential bounds', () => {
  const fifths = [0.2, 0.4, 0.6, 0.8, 1];

  // Published: the program of Reboussin, DeMets, Kim & Lan, Controlled Clinical Trials 21(3), 2000 (R: ldbounds, gsDesign), five
  // equal looks, alpha .05 on both sides together.
  it('are the published ones', () => {
    const rounded = (bounds: { z: number }[]): number[] => bounds.map(({ z }) => Number(z.toFixed(4)));
    expect(rounded(groupSequentialBounds(fifths))).toEqual([4.8769, 3.357, 2.6803, 2.2898, 2.031]);
    expect(rounded(groupSequentialBounds(fifths, { spending: 'pocock' }))).toEqual([
      2.438, 2.4268, 2.4102, 2.3966, 2.386,
    ]);
  });

  it('are the plain bound for a single look', () => {
    const [only] = groupSequentialBounds([1]);
    expect(only!.z).toBeCloseTo(1.959964, 5);
    expect(only!.p).toBeCloseTo(0.05, 9);
  });

  it('stop as many tests without a difference as they spend, look after look', () => {
    const shares = [0.1, 0.35, 0.5, 0.9, 1];
    const bounds = groupSequentialBounds(shares, { alpha: 0.2, spending: 'pocock' });
    const rng = createRng(1);
    const tests = 20_000;
    const stopped = new Float64Array(shares.length);
    for (let test = 0; test < tests; test++) {
      let [sum, before] = [0, 0];
      for (const [look, share] of shares.entries()) {
        sum += Math.sqrt(share - before) * rng.normal();
        before = share;
        if (Math.abs(sum) / Math.sqrt(share) < bounds[look]!.z) continue;
        for (let later = look; later < shares.length; later++) stopped[later]! += 1;
        break;
      }
    }
    for (const [look, { spent }] of bounds.entries()) {
      const error = Math.sqrt((spent * (1 - spent)) / tests);
      expect(Math.abs(stopped[look]! / tests - spent)).toBeLessThan(4 * error);
    }
    expect(bounds.at(-1)!.spent).toBeCloseTo(0.2, 12);
  });

  it('refuse looks that do not ascend', () => {
    for (const shares of [[], [0, 1], [0.5, 0.5], [0.5, 1.1]]) {
      expect(() => groupSequentialBounds(shares)).toThrow(/ascend/);
    }
    expect(() => groupSequentialBounds([1], { alpha: 1 })).toThrow(/alpha/);
  });
});

describe('the always-valid test', () => {
  // d, V, t2 = .012, 2.5e-5, 4e-4; scipy.integrate.quad(lambda th: norm.pdf(d, th, V ** .5) / norm.pdf(d, 0, V ** .5) *
  //   norm.pdf(th, 0, t2 ** .5), -.2, .2, points=[0, d], epsabs=1e-14)   (scipy 1.17.1)
  it('has the likelihood ratio that integration gives', () => {
    const look = startSequentialTest({ expectedEffect: 0.02 }).look({ difference: 0.012, variance: 2.5e-5 });
    expect(look.likelihoodRatio).toBeCloseTo(3.6472795585138797, 9);
    expect(look.p).toBeCloseTo(0.27417695407134074, 9);
    expect(look.isDecided).toBe(false);
  });

  it('decides exactly when its interval leaves 0 out', () => {
    for (const difference of [0.001, 0.01, 0.015, 0.018, 0.02, 0.03, -0.02]) {
      const { isDecided, low, high } = startSequentialTest({ expectedEffect: 0.02 }).look({
        difference,
        variance: 2.5e-5,
      });
      expect(isDecided).toBe(low > 0 || high < 0);
    }
  });

  it('never takes back a decision, and its interval never grows', () => {
    const test = startSequentialTest({ expectedEffect: 1 });
    const first = test.look({ difference: 2, variance: 0.1 });
    const second = test.look({ difference: 0, variance: 0.05 });
    expect(first.isDecided && second.isDecided).toBe(true);
    expect(second.p).toBe(first.p);
    expect(second.low).toBeGreaterThanOrEqual(first.low);
    expect(second.high).toBeLessThanOrEqual(first.high);
  });

  it('rejects at most alpha of tests without a difference, looked at after every case', () => {
    const tests = 2000;
    let rejected = 0;
    const rng = createRng(2);
    for (let one = 0; one < tests; one++) {
      const test = startSequentialTest({ expectedEffect: 0.2, alpha: 0.1 });
      let sum = 0;
      for (let cases = 1; cases <= 400; cases++) {
        sum += Math.SQRT2 * rng.normal(); // difference of a pair, variance 2
        if (!test.look({ difference: sum / cases, variance: 2 / cases }).isDecided) continue;
        rejected += 1;
        break;
      }
    }
    expect(rejected / tests).toBeLessThan(0.1);
    expect(rejected / tests).toBeGreaterThan(0.01);
  });

  it('finds a true difference', () => {
    const test = startSequentialTest({ expectedEffect: 0.1 });
    let decided = false;
    for (let cases = 100; cases <= 5000; cases += 100) {
      decided = test.look({ difference: 0.1, variance: 2 / cases }).isDecided;
    }
    expect(decided).toBe(true);
  });

  it('refuses what it cannot be tuned to', () => {
    expect(() => startSequentialTest({ expectedEffect: 0 })).toThrow(/expected effect/);
    expect(() => startSequentialTest({ expectedEffect: 1, alpha: 1 })).toThrow(/alpha/);
    const test = startSequentialTest({ expectedEffect: 1 });
    expect(() => test.look({ difference: 1, variance: 0 })).toThrow(/variance 0/);
  });
});

describe('integration by Gauss and Legendre', () => {
  // numpy 2.4.6: np.polynomial.legendre.leggauss(3)
  it('has the places and weights of the tables', () => {
    const { nodes, weights } = gaussLegendre(3);
    expect(nodes[0]).toBeCloseTo(-0.7745966692414834, 14);
    expect(nodes[1]).toBeCloseTo(0, 14);
    expect(weights[0]).toBeCloseTo(5 / 9, 14);
    expect(weights[1]).toBeCloseTo(8 / 9, 14);
  });

  it('integrates pieces', () => {
    expect(integrate(Math.exp, [0, 0.3, 0.3, 1])).toBeCloseTo(Math.E - 1, 13);
    expect(() => gaussLegendre(0)).toThrow(/whole number/);
  });
});
