import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  featureTable,
  fitFeatureScalers,
  tableMatrix,
} from '../../../lib/preprocessing/features/feature-table';
import type { Feature } from '../../../lib/preprocessing/features/feature';
import { gapSinceLast } from '../../../lib/preprocessing/features/gap';
import { recencyFrequency } from '../../../lib/preprocessing/features/recency-frequency';
import { splitByTime } from '../../../lib/preprocessing/splits/time-split';
import { findTimeCuts } from '../../../lib/preprocessing/splits/time-cuts';
import { columnsOf } from '../any-columns';

const feature = (name: string, values: readonly number[], isCausal = true): Feature => ({
  name,
  unit: 'u',
  isCausal,
  values: Float32Array.from(values),
});

describe('a feature table', () => {
  const columns = columnsOf([1, 2, 8], [2, 9]);
  const split = splitByTime(columns, { validationFromMs: 5, testFromMs: 9 });
  const features = [feature('a', [0, 10, 99, 5, -99]), feature('b', [1, NaN, 3, 4, 5])];

  it('scales each feature by what the training rows taught, rows 0, 1 and 3', () => {
    const scalers = fitFeatureScalers(features, { a: 'min-max', b: null }, split);
    expect(scalers).toEqual({ a: { scaling: 'min-max', centre: 0, unit: 10 }, b: null });
    const table = featureTable(features, scalers);
    const [a, b] = table.columns;
    expect(table.rows).toBe(5);
    expect([...a!.values].map((value) => Math.round(value * 10) / 10)).toEqual([0, 1, 9.9, 0.5, -9.9]);
    expect([a!.name, a!.unit, a!.missing, a!.scaler]).toEqual(['a', 'u', 0, scalers['a']]);
    expect([b!.missing, b!.values]).toEqual([1, features[1]!.values]);
    const { rows, columns: width, values } = tableMatrix(table);
    expect([rows, width, values[2], values[4], values[3]]).toEqual([5, 2, 1, Math.fround(9.9), NaN]);
  });

  it('learns nothing from held-out rows, whatever they are', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(100), { minLength: 2, maxLength: 2 }), ([first, second]) => {
        const values = [0, 10, first!, 5, second!];
        const scalings = { a: 'z-score' } as const;
        expect(fitFeatureScalers([feature('a', values)], scalings, split)).toEqual(
          fitFeatureScalers([features[0]!], scalings, split),
        );
      }),
    );
  });

  it('refuses a feature that looks at later events', () => {
    expect(() => featureTable([feature('dwell', [1], false)], { dwell: null })).toThrow(
      'featureTable: dwell looks at later events and is not causal',
    );
  });

  it('refuses names that do not fit, and columns of different length', () => {
    const [a] = features;
    expect(() => featureTable([a!, a!], { a: null })).toThrow('the feature a comes twice');
    expect(() => featureTable([a!], {})).toThrow('nothing is said of the feature a');
    expect(() => featureTable([a!], { a: null, z: null })).toThrow('there is no feature z');
    expect(() => featureTable([a!, feature('c', [1])], { a: null, c: null })).toThrow(
      'c has 1 rows, a has 5',
    );
    expect(() => fitFeatureScalers([feature('n', [NaN, NaN, 1, NaN, 1])], { n: 'robust' }, split)).toThrow(
      'no training value is a number',
    );
  });

  it('goes from columns to a matrix', () => {
    const log = columnsOf([0, 1000, 5000, 9000], [500, 2500], [8000, 8800]);
    const cuts = findTimeCuts(log, { validationShare: 0.1, testShare: 0.2 });
    const all = [gapSinceLast(log), recencyFrequency(log).frequency];
    const scalers = fitFeatureScalers(all, { gap: 'min-max', frequency: 'z-score' }, splitByTime(log, cuts));
    const table = featureTable(all, scalers);
    expect(table.columns.map(({ name, unit, missing }) => [name, unit, missing])).toEqual([
      ['gap', 'ms', 3],
      ['frequency', 'events', 0],
    ]);
    expect(tableMatrix(table).values.length).toBe(16);
  });
});
