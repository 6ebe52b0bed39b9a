import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fillLinear, fillPrevious } from '../../../lib/preprocessing/missing/fill-along-time';
import { fillWith, fitFill } from '../../../lib/preprocessing/missing/fill';
import { columnsOf } from '../any-columns';
import { expectCausal } from '../features/causal';

const { offsets, timesMs } = columnsOf([0, 1, 4, 5, 10, 11, 20], [0, 3, 4]);
const values = Float64Array.of(NaN, 1, NaN, NaN, 10, NaN, NaN, 5, NaN, 2);

describe('one number for all missing values', () => {
  it('is the mean or median that scikit-learn takes, of training values alone', () => {
    // scikit-learn 1.9.1: SimpleImputer(strategy=...).fit([[1], [nan], [2], [9], [4.5]]).statistics_
    const training = [1, NaN, 2, 9, 4.5];
    expect(fitFill('mean', training)).toBe(4.125);
    expect(fitFill('median', training)).toBe(3.25);
    expect(() => fitFill('mean', [NaN])).toThrow('no training value is a number');
  });

  it('fills what is missing and nothing else', () => {
    expect(fillWith(Float32Array.of(1, NaN, NaN), -1)).toEqual({
      values: Float32Array.of(1, -1, -1),
      filled: 2,
      left: 0,
    });
    expect(() => fillWith(values, NaN)).toThrow(RangeError);
  });
});

describe('filling along time', () => {
  /*
   * pandas 3.1.1: d = DataFrame of user, time, value; for each user
   *   g.v.ffill(), and Series(g.v.values, index=g.t.values).interpolate('index', limit_area='inside')
   */
  it('carries the last value forward as pandas does', () => {
    expect(fillPrevious({ offsets }, values)).toEqual({
      values: Float64Array.of(NaN, 1, 1, 1, 10, 10, 10, 5, 5, 2),
      filled: 5,
      left: 1,
    });
  });

  it('draws straight lines in time as pandas does, and none beyond the known values', () => {
    expect(fillLinear({ offsets, timesMs }, values)).toEqual({
      values: Float64Array.of(NaN, 1, 4, 5, 10, NaN, NaN, 5, 2.75, 2),
      filled: 3,
      left: 3,
    });
  });

  it('takes the earlier of two values of the same time', () => {
    const same = { offsets: Int32Array.of(0, 3), timesMs: Float64Array.of(7, 7, 7) };
    expect([...fillLinear(same, Float32Array.of(1, NaN, 9)).values]).toEqual([1, 1, 9]);
  });

  it('never takes a value of another user, nor changes one that is there', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.oneof(fc.nat(9), fc.constant(NaN)), { maxLength: 8 }), { maxLength: 4 }),
        (users) => {
          const columns = columnsOf(...users.map((own) => own.map((_, time) => time)));
          const all = Float32Array.from(users.flat());
          for (const fill of [
            (ranges: typeof columns, column: Float32Array) => fillPrevious(ranges, column),
            (ranges: typeof columns, column: Float32Array) => fillLinear(ranges, column),
          ]) {
            const { values: filled, filled: count, left } = fill(columns, all);
            expect(count + left).toBe(all.filter(Number.isNaN).length);
            expect(filled.filter(Number.isNaN).length).toBe(left);
            for (const [user, own] of users.entries()) {
              const alone = fill(columnsOf(own.map((_, time) => time)), Float32Array.from(own)).values;
              expect([...filled.subarray(columns.offsets[user], columns.offsets[user + 1])]).toEqual([
                ...alone,
              ]);
            }
            for (const [place, value] of all.entries())
              if (!Number.isNaN(value)) expect(filled[place]).toBe(value);
          }
        },
      ),
    );
  });

  it('is causal with the previous value, and not with a line, which the check sees', () => {
    const prices = ({ prices: column }: { prices: Float32Array | Float64Array }) => Float32Array.from(column);
    const about = { name: 'price', unit: 'currency', isCausal: true };
    expectCausal((of) => [{ ...about, values: fillPrevious(of, prices(of)).values }]);
    expect(() => expectCausal((of) => [{ ...about, values: fillLinear(of, prices(of)).values }])).toThrow();
  });

  it('refuses ranges and times of other values', () => {
    expect(() => fillPrevious({ offsets: Int32Array.of(0, 1) }, values)).toThrow(
      'ranges of 1 values for 10 values',
    );
    expect(() => fillLinear({ offsets, timesMs: Float64Array.of(1) }, values)).toThrow(
      '1 times for 10 values',
    );
  });
});
