import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quantile } from '../../../lib/base/quantile';
import { fitScaler, scale, scalings } from '../../../lib/preprocessing/scaling/scaler';

const training = [3, 1, 4, 1.5, 5.5, 9, 2, 6, 5, 3.5];

describe('scalers', () => {
  /*
   * scikit-learn 1.9.1, NumPy 2.4.6: MinMaxScaler(), StandardScaler(), RobustScaler(), QuantileTransformer(n_quantiles=10)
   *   s.fit(np.array(training)[:, None]); s.transform(np.array([-1, 1, 2.5, 3.5, 5, 7, 9, 12])[:, None])
   */
  it.each([
    ['min-max', [-0.25, 0, 0.1875, 0.3125, 0.5, 0.75, 1, 1.375]],
    ['z-score', [-2.199293, -1.328286, -0.675031, -0.239527, 0.413728, 1.284735, 2.155743, 3.462253]],
    ['robust', [-1.52, -0.88, -0.4, -0.08, 0.4, 1.04, 1.68, 2.64]],
    ['quantile', [0, 0, 0.277778, 0.444444, 0.666667, 0.925926, 1, 1]],
  ] as const)('%s: the values of scikit-learn', (scaling, expected) => {
    const scaled = scale(fitScaler(scaling, training), [-1, 1, 2.5, 3.5, 5, 7, 9, 12]);
    for (const [place, value] of expected.entries()) expect(scaled[place]).toBeCloseTo(value, 5);
  });

  const number = fc.integer({ min: -1e6, max: 1e6 }).map((thousandths) => thousandths / 1000);
  const numbers = fc.array(number, { minLength: 1, maxLength: 50 });

  it.each(scalings)('%s keeps the order, whatever the training values', (scaling) => {
    fc.assert(
      fc.property(numbers, numbers, (training, values) => {
        const ascending = values.sort((a, b) => a - b);
        const scaled = scale(fitScaler(scaling, training), ascending);
        expect(scaled.every(Number.isFinite)).toBe(true);
        for (let place = 1; place < scaled.length; place++) {
          expect(scaled[place]).toBeGreaterThanOrEqual(scaled[place - 1]! - 1e-12);
        }
      }),
    );
  });

  it.each(scalings)(
    '%s is plain data, leaves missing values missing and learns nothing from them',
    (scaling) => {
      const scaler = fitScaler(scaling, [NaN, ...training, NaN]);
      expect(JSON.parse(JSON.stringify(scaler))).toEqual(fitScaler(scaling, training));
      expect(scale(scaler, [NaN])).toEqual(Float64Array.of(NaN));
    },
  );

  it.each(scalings)('%s gives 0 for a feature that is constant', (scaling) => {
    expect([...scale(fitScaler(scaling, [0.1, 0.1, 0.1]), [0.1])]).toEqual([0]);
  });

  it('meets equal training values in the middle of their places', () => {
    // Sorted 1 2 2 2 3: the twos stand at 1/4, 2/4 and 3/4.
    expect([...scale(fitScaler('quantile', [2, 3, 2, 1, 2]), [1.5, 2, 2.5])]).toEqual([0.125, 0.5, 0.875]);
  });

  it('keeps a thousand quantiles of many values', () => {
    const many = Float64Array.from({ length: 5000 }, (_, place) => place);
    const [low, middle, high] = scale(fitScaler('quantile', many), [0, 2499.5, 4999]);
    expect([low, high]).toEqual([0, 1]);
    expect(middle).toBeCloseTo(0.5, 6);
  });

  it('refuse training values that are none', () => {
    expect(() => fitScaler('z-score', [NaN])).toThrow('no training value is a number');
    expect(() => fitScaler('z-score', [1, Infinity])).toThrow('a training value is infinite');
  });
});

describe('quantiles', () => {
  it('are those of NumPy', () => {
    // np.quantile(training, [0, .1, .25, .5, .9, 1])
    const ascending = [...training].sort((a, b) => a - b);
    const shares = [0, 0.1, 0.25, 0.5, 0.9, 1];
    const expected = [1, 1.45, 2.25, 3.75, 6.3, 9];
    for (const [place, share] of shares.entries()) {
      expect(quantile(ascending, share)).toBeCloseTo(expected[place]!, 12);
    }
  });

  it('refuse no values and no share', () => {
    expect(() => quantile([], 0.5)).toThrow(RangeError);
    expect(() => quantile([1], 1.5)).toThrow(RangeError);
  });
});
