import { matrix, type Matrix } from '../../base/matrix';
import type { Rng } from '../../base/random';
import { probeProbabilities } from '../probe';

/** Cases whose answer is known, as rows of numbers. */
export interface KnownCases {
  readonly features: Matrix;
  /** 1 where it happened, else 0. */
  readonly labels: ArrayLike<number>;
}

/** Values of C to choose from: from cautious to hardly any penalty. */
const defaultStrengths = [0.001, 0.01, 0.1, 1];

/**
 * Learn from cases of one time and forecast those of a later one: logistic regression on any features or vectors.
 *
 * Columns are scaled, and the penalty is chosen, by the known cases alone (`probeProbabilities`): nothing of the asked ones is used but their
 * features.
 *
 * @param asked features of the cases to forecast, in the same columns
 * @returns the probability of each asked case
 * @throws RangeError when columns differ, or the known cases do not have both answers
 * @source Cox, "The Regression Analysis of Binary Sequences", Journal of the Royal Statistical Society B 20(2), 1958.
 */
export function learnForecast(
  known: KnownCases,
  asked: Matrix,
  { rng, strengths = defaultStrengths }: { readonly rng: Rng; readonly strengths?: readonly number[] },
): Float64Array {
  const { features, labels } = known;
  const both = besideRows(features, asked);
  const answers = Array.from({ length: both.rows }, (_, row) => (row < features.rows ? labels[row]! : 0));
  const ones = answers.reduce((sum, label) => sum + label, 0);
  if (labels.length !== features.rows || ones === 0 || ones === features.rows) {
    throw new RangeError(
      `learnForecast: ${ones} of ${features.rows} known cases happened (${labels.length} labels); both answers are needed`,
    );
  }
  const rows = (from: number, to: number): Int32Array =>
    Int32Array.from({ length: to - from }, (_, at) => from + at);
  const { probabilities } = probeProbabilities(both, answers, {
    train: rows(0, features.rows),
    test: rows(features.rows, both.rows),
    strengths,
    rng,
  });
  return Float64Array.from({ length: asked.rows }, (_, row) => probabilities[2 * row + 1]!);
}

/** Features of the same cases side by side. @throws RangeError when there are not as many rows */
export function besideColumns(...parts: readonly Matrix[]): Matrix {
  const rows = parts[0]?.rows ?? 0;
  const columns = parts.reduce((sum, part) => sum + part.columns, 0);
  const values = new Float32Array(rows * columns);
  let place = 0;
  for (const part of parts) {
    if (part.rows !== rows) throw new RangeError(`besideColumns: ${part.rows} rows beside ${rows}`);
    for (let row = 0; row < rows; row++) {
      values.set(part.values.subarray(row * part.columns, (row + 1) * part.columns), row * columns + place);
    }
    place += part.columns;
  }
  return matrix(rows, columns, values);
}

/** The row of each case out of a matrix with one row a user: `places[case]` is the row; zeros for -1, somebody unknown. */
export function rowsOfCases({ rows, columns, values }: Matrix, places: ArrayLike<number>): Matrix {
  const taken = new Float32Array(places.length * columns);
  for (let at = 0; at < places.length; at++) {
    const row = places[at]!;
    if (!(Number.isInteger(row) && row >= -1 && row < rows)) {
      throw new RangeError(`rowsOfCases: case ${at} has row ${row} of ${rows}`);
    }
    if (row >= 0) taken.set(values.subarray(row * columns, (row + 1) * columns), at * columns);
  }
  return matrix(places.length, columns, taken);
}

function besideRows(first: Matrix, second: Matrix): Matrix {
  if (first.columns !== second.columns) {
    throw new RangeError(`learnForecast: ${second.columns} columns are asked, ${first.columns} were learned`);
  }
  const values = new Float32Array(first.values.length + second.values.length);
  values.set(first.values);
  values.set(second.values, first.values.length);
  return matrix(first.rows + second.rows, first.columns, values);
}
