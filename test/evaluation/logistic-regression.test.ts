import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matrix, type Matrix } from '../../lib/base/matrix';
import { lbfgs } from '../../lib/evaluation/lbfgs';
import { classProbabilities, fitLogisticRegression } from '../../lib/evaluation/logistic-regression';

const cases = 30;
/** np.sin(np.arange(90) * 1.7).reshape(30, 3) */
const x: Matrix = matrix(
  cases,
  3,
  Float32Array.from({ length: 3 * cases }, (_, i) => Math.sin(i * 1.7)),
);
const three = Array.from({ length: cases }, (_, i) => ((i * 7) % 5) % 3);
const two = Array.from({ length: cases }, (_, i) => Number(Math.sin(i * 1.1) > 0));
const expectClose = (found: ArrayLike<number>, expected: readonly number[], digits = 3): void => {
  expect(found.length).toBe(expected.length);
  for (const [at, value] of expected.entries()) expect(found[at]).toBeCloseTo(value, digits);
};

describe('logistic regression', () => {
  // scikit-learn 1.9.1, with x, three and two as above:
  //   m = LogisticRegression(C=.5, tol=1e-10, max_iter=10000).fit(x, three); m.coef_.T, m.intercept_, m.predict_proba(x[:2])
  it('agrees with scikit-learn for three classes', () => {
    const fit = fitLogisticRegression(x, three, { strength: 0.5, tolerance: 1e-6 });
    expect(fit.hasConverged).toBe(true);
    expectClose(
      fit.weights,
      [
        0.74177268, -0.58935265, -0.15242003, -0.37112978, -0.48812525, 0.85925503, -0.64613663, 0.71513715,
        -0.06900052,
      ],
    );
    expectClose(fit.bias, [0.29720275, 0.13048631, -0.42768905]);
    expectClose(
      classProbabilities(fit, x, [0, 1]),
      [0.33919469, 0.18054429, 0.48026102, 0.08096163, 0.65772363, 0.26131474],
    );
  });

  //   LogisticRegression(C=1.0, tol=1e-10, max_iter=10000).fit(x, two): coef_, intercept_, predict_proba(x[:3])[:, 1]
  // One column of weights w there; here -w/2 and w/2, for which the penalty is half of that, and so is C.
  it('agrees with scikit-learn for two classes', () => {
    const fit = fitLogisticRegression(x, two, { strength: 0.5, tolerance: 1e-6 });
    const column = [0, 1, 2].map((d) => fit.weights[2 * d + 1]! - fit.weights[2 * d]!);
    expectClose(column, [-0.39468761, -1.59019962, 0.80446454]);
    expect(fit.bias[1]! - fit.bias[0]!).toBeCloseTo(-0.24898842, 3);
    const positive = [0, 1, 2].map((row) => classProbabilities(fit, x, [row])[1]!);
    expectClose(positive, [0.11593436, 0.49325912, 0.84571359]);
  });

  it('learns from the given rows alone, and is the same from another start', () => {
    const rows = Int32Array.from({ length: 20 }, (_, row) => row);
    const part = matrix(20, 3, x.values.slice(0, 60));
    const fit = fitLogisticRegression(x, three, { strength: 1, rows, tolerance: 1e-6 });
    expectClose(
      fit.weights,
      [...fitLogisticRegression(part, three.slice(0, 20), { strength: 1, tolerance: 1e-6 }).weights],
      6,
    );
    const start = fitLogisticRegression(x, three, { strength: 100 });
    expectClose(fitLogisticRegression(x, three, { strength: 1, rows, start }).weights, [...fit.weights], 2);
  });

  it('goes back to the shares of the classes when the data count for nothing', () => {
    const fit = fitLogisticRegression(x, three, { strength: 1e-7, tolerance: 1e-6 });
    const share = (label: number): number => three.filter((own) => own === label).length / cases;
    expectClose(classProbabilities(fit, x, [4]), [share(0), share(1), share(2)]);
  });

  it('refuses a strength of nothing and labels that are none', () => {
    expect(() => fitLogisticRegression(x, three, { strength: 0 })).toThrow('strength must be above 0');
    expect(() => fitLogisticRegression(x, [-1, ...three.slice(1)], { strength: 1 })).toThrow(
      'label 0 must be',
    );
    expect(() => fitLogisticRegression(x, [1], { strength: 1 })).toThrow('1 labels for 30 rows');
  });
});

describe('the search for a minimum', () => {
  it('finds that of any bowl', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(
            fc.double({ min: 0.1, max: 50, noNaN: true }),
            fc.double({ min: -5, max: 5, noNaN: true }),
          ),
          {
            minLength: 1,
            maxLength: 8,
          },
        ),
        (bowl) => {
          const { x: found, hasConverged } = lbfgs(
            (at, gradient) => {
              let value = 0;
              for (const [i, [bend, middle]] of bowl.entries()) {
                gradient[i] = bend * (at[i]! - middle);
                value += (bend * (at[i]! - middle) ** 2) / 2;
              }
              return value;
            },
            new Float64Array(bowl.length),
            { tolerance: 1e-7 },
          );
          expect(hasConverged).toBe(true);
          for (const [i, [, middle]] of bowl.entries()) expect(found[i]).toBeCloseTo(middle, 4);
        },
      ),
      {
        // Almost there at the start: steps so small that their bends are near 1e-14.
        examples: [
          [
            [
              [0.1, -8e-6],
              [23, 5],
            ],
          ],
          [[[16, -1.03e-7]]],
        ],
      },
    );
  });

  it("finds the end of Rosenbrock's valley", () => {
    const { x: found } = lbfgs(
      ([a, b], gradient) => {
        gradient[0] = -2 * (1 - a!) - 400 * a! * (b! - a! ** 2);
        gradient[1] = 200 * (b! - a! ** 2);
        return (1 - a!) ** 2 + 100 * (b! - a! ** 2) ** 2;
      },
      Float64Array.of(-1.2, 1),
      { tolerance: 1e-8 },
    );
    expectClose(found, [1, 1], 5);
  });

  it('stops after so many steps and says that it has not arrived', () => {
    const end = lbfgs(
      ([a], gradient) => {
        gradient[0] = 4 * a! ** 3;
        return a! ** 4;
      },
      Float64Array.of(10),
      { maxSteps: 2, tolerance: 1e-12 },
    );
    expect(end).toMatchObject({ steps: 2, hasConverged: false });
  });
});
