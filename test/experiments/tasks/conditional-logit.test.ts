import { describe, expect, it } from 'vitest';
import { createRng } from '../../../lib/base/random';
import {
  combineSignals,
  fitConditionalLogit,
  rankOfChosen,
} from '../../../lib/experiments/tasks/conditional-logit';

describe('the conditional logit', () => {
  it('has the weights that SciPy 1.17.1 finds for the same loss', () => {
    // minimize(lambda w: (sum(log(sum(exp(w @ s))) - (w @ s)[c]) + w @ w / 2) / 4, [0, 0], 'BFGS', gtol 1e-12)
    const of = (first: number[], second: number[], chosen: number) => ({ signals: [first, second], chosen });
    const { weights, loss, hasConverged } = fitConditionalLogit([
      of([1, 0, 2, 0.5], [0, 1, 0, 3], 2),
      of([0.5, 2, 1, 0], [1, 0, 2, 1], 1),
      of([0, 0, 3, 1], [2, 1, 0, 1], 0),
      of([1, 2, 0, 0], [0, 3, 1, 1], 3),
    ]);
    expect(hasConverged).toBe(true);
    expect(weights[0]).toBeCloseTo(0.04236396, 6);
    expect(weights[1]).toBeCloseTo(-0.27584202, 6);
    expect(loss).toBeCloseTo(1.341453858684455, 9);
  });

  it('finds the weights by which choices were made', () => {
    const rng = createRng(4);
    const choices = Array.from({ length: 2000 }, () => {
      const signals = [0, 1].map(() => Float64Array.from({ length: 5 }, () => rng.normal()));
      const scores = combineSignals([1.5, -0.5], signals);
      // Adding Gumbel noise and taking the largest draws from the softmax.
      const noisy = Array.from(scores, (score) => score - Math.log(-Math.log(1 - rng.next())));
      return { signals, chosen: noisy.indexOf(Math.max(...noisy)) };
    });
    const { weights } = fitConditionalLogit(choices);
    expect(Math.abs(weights[0]! - 1.5)).toBeLessThan(0.15);
    expect(Math.abs(weights[1]! + 0.5)).toBeLessThan(0.1);
  });

  it('lets no signal play a part that is the same for all candidates', () => {
    const { weights } = fitConditionalLogit([{ signals: [[2, 2, 2]], chosen: 1 }]);
    expect(weights[0]).toBe(0);
  });

  it('ranks the chosen one by the weighted sum, equal ones in their order', () => {
    const signals = [
      [1, 2, 0, 2],
      [0, 1, 5, 1],
    ];
    expect([0, 1, 2, 3].map((chosen) => rankOfChosen([1, 0], { signals, chosen }))).toEqual([3, 1, 4, 2]);
    expect([0, 1, 2, 3].map((chosen) => rankOfChosen([1, 1], { signals, chosen }))).toEqual([4, 2, 1, 3]);
  });

  it('refuses no choices, and choices of different signals', () => {
    expect(() => fitConditionalLogit([])).toThrow('needs choices');
    expect(() =>
      fitConditionalLogit([
        { signals: [[1, 2]], chosen: 0 },
        {
          signals: [
            [1, 2],
            [1, 2],
          ],
          chosen: 0,
        },
      ]),
    ).toThrow('all with the same signals');
  });
});
