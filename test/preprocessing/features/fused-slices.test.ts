import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matrixFromRows, toRows } from '../../../lib/base/matrix';
import { fuseSlices, sliceMeans } from '../../../lib/preprocessing/features/fused-slices';
import { cutByCount } from '../../../lib/preprocessing/slicing/count-slices';

const offsetsOf = (...lengths: readonly number[]): { offsets: Int32Array } => ({
  offsets: Int32Array.from([
    0,
    ...lengths.map((_, user) => lengths.slice(0, user + 1).reduce((a, b) => a + b, 0)),
  ]),
});

describe('slice means', () => {
  it('are the mean of each slice, the short last one too', () => {
    const slices = cutByCount(offsetsOf(3, 1), { length: 2 });
    const features = matrixFromRows([
      [1, 10],
      [3, 20],
      [5, 30],
      [7, 40],
    ]);
    expect(toRows(sliceMeans(slices, features))).toEqual([
      [2, 15],
      [5, 30],
      [7, 40],
    ]);
  });

  it('of events 0, 1, 2, ... in slices of ten are 4.5, 14.5, 24.5', () => {
    const features = matrixFromRows(Array.from({ length: 30 }, (_, event) => [event]));
    expect(toRows(sliceMeans(cutByCount(offsetsOf(30)), features))).toEqual([[4.5], [14.5], [24.5]]);
  });

  it('need features of the same events', () => {
    expect(() => sliceMeans(cutByCount(offsetsOf(3)), matrixFromRows([[1]]))).toThrow(
      'slices of 3 events for 1 rows',
    );
  });
});

describe('fused slices', () => {
  const slices = cutByCount(offsetsOf(3, 1, 2, 0), { length: 1 });
  const features = matrixFromRows([
    [1, 0],
    [2, 6],
    [6, 9],
    [50, 50],
    [3, 1],
    [5, 3],
  ]);

  it('are m + 1 neighbouring slices of one user, then their mean', () => {
    const fused = fuseSlices(slices, features, { m: 1 });
    expect(toRows(fused.features)).toEqual([
      [1, 0, 2, 6, 1.5, 3],
      [2, 6, 6, 9, 4, 7.5],
      [3, 1, 5, 3, 4, 2],
    ]);
    expect([...fused.users]).toEqual([0, 0, 2]);
    expect([...fused.firstSlices]).toEqual([0, 1, 4]);
    expect(fused.usersTooShort).toBe(1);
  });

  it('of one slice each are the slice twice, of too many none', () => {
    expect(toRows(fuseSlices(slices, features, { m: 0 }).features)[3]).toEqual([50, 50, 50, 50]);
    const none = fuseSlices(slices, features, { m: 3 });
    expect([none.features.rows, none.features.columns, none.usersTooShort]).toEqual([0, 10, 3]);
  });

  it('have a mean that a linear model can form itself: any weights on it are weights on the parts', () => {
    const number = fc.integer({ min: -20, max: 20 });
    fc.assert(
      fc.property(fc.array(number, { minLength: 4, maxLength: 4 }), (weights) => {
        const { features: fused } = fuseSlices(slices, features, { m: 2 });
        const [row] = toRows(fused);
        const [a, b, c, mean] = [0, 2, 4, 6].map((place) => row![place]!) as [number, number, number, number];
        const [wa, wb, wc, w] = weights as [number, number, number, number];
        const withMean = wa * a + wb * b + wc * c + w * mean;
        const without = (wa + w / 3) * a + (wb + w / 3) * b + (wc + w / 3) * c;
        expect(withMean).toBeCloseTo(without, 4);
      }),
    );
  });

  it('refuse an m that is none, and other slices', () => {
    expect(() => fuseSlices(slices, features, { m: -1 })).toThrow(RangeError);
    expect(() => fuseSlices(slices, matrixFromRows([[1]]), { m: 1 })).toThrow('1 rows for 6 slices');
  });
});
