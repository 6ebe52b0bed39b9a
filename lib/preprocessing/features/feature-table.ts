import { matrix, type Matrix } from '../../base/matrix';
import { fitScaler, scale, type Scaler, type Scaling } from '../scaling/scaler';
import { rowsOf, type Split } from '../splits/split';
import type { Feature } from './feature';

/** How each feature is scaled, by its name; `null` leaves it as it is. */
export type FeatureScalings = Readonly<Record<string, Scaling | null>>;

/** What was fitted for each feature, by its name: plain data, kept with the model. */
export type FeatureScalers = Readonly<Record<string, Scaler | null>>;

/** One column of a feature table. */
export interface FeatureColumn {
  readonly name: string;
  /** Of the values as they were before scaling. */
  readonly unit: string;
  /** What was done to them; `null` for nothing. */
  readonly scaler: Scaler | null;
  readonly values: Float32Array;
  /** Values that are NaN. */
  readonly missing: number;
}

/** Features side by side, one row an event. */
export interface FeatureTable {
  readonly rows: number;
  readonly columns: readonly FeatureColumn[];
}

/**
 * Fit the scalers of features on the training rows of a split, and on nothing else.
 *
 * @param scalings one entry for each feature, by its name
 * @throws RangeError when a feature has no entry or an entry no feature, or a feature has no number in training
 */
export function fitFeatureScalers(
  features: readonly Feature[],
  scalings: FeatureScalings,
  split: Split,
): FeatureScalers {
  expectSameNames('fitFeatureScalers', features, scalings);
  const rows = rowsOf(split, 'training');
  return Object.fromEntries(
    features.map(({ name, values }) => {
      const scaling = scalings[name]!;
      if (scaling === null) return [name, null];
      const training = Float64Array.from(rows, (row) => values[row]!);
      return [name, fitScaler(scaling, training)];
    }),
  );
}

/**
 * Put features side by side, each on its scale.
 *
 * All rows are scaled by what training rows taught. NaN stays NaN and is counted: fill it (missing/fill) before or after.
 *
 * @throws RangeError when a feature is not causal, a name comes twice, lengths differ, or a feature has no scaler (or `null`)
 */
export function featureTable(features: readonly Feature[], scalers: FeatureScalers): FeatureTable {
  expectSameNames('featureTable', features, scalers);
  const rows = features[0]?.values.length ?? 0;
  const columns = features.map(({ name, unit, isCausal, values }) => {
    if (!isCausal) throw new RangeError(`featureTable: ${name} looks at later events and is not causal`);
    if (values.length !== rows) {
      throw new RangeError(
        `featureTable: ${name} has ${values.length} rows, ${features[0]!.name} has ${rows}`,
      );
    }
    const scaler = scalers[name]!;
    const scaled = scaler === null ? values : Float32Array.from(scale(scaler, values));
    const missing = scaled.reduce((count, value) => count + Number(Number.isNaN(value)), 0);
    return { name, unit, scaler, values: scaled, missing };
  });
  return { rows, columns };
}

/** Write a table row after row, as models read it: `[rows, columns]`. */
export function tableMatrix({ rows, columns }: FeatureTable): Matrix {
  const values = new Float32Array(rows * columns.length);
  for (const [place, column] of columns.entries()) {
    for (let row = 0; row < rows; row++) values[row * columns.length + place] = column.values[row]!;
  }
  return matrix(rows, columns.length, values);
}

function expectSameNames(
  by: string,
  features: readonly Feature[],
  settings: Readonly<Record<string, unknown>>,
): void {
  const names = features.map(({ name }) => name);
  const twice = names.find((name, place) => names.indexOf(name) !== place);
  if (twice !== undefined) throw new RangeError(`${by}: the feature ${twice} comes twice`);
  const without = names.find((name) => settings[name] === undefined);
  if (without !== undefined)
    throw new RangeError(
      `${by}: nothing is said of the feature ${without}; add '${without}': null to leave it as it is`,
    );
  const unknown = Object.keys(settings).find((name) => !names.includes(name));
  if (unknown !== undefined)
    throw new RangeError(`${by}: there is no feature ${unknown}; there are ${names.join(', ')}`);
}
