import type { Matrix } from '../base/matrix';
import { lbfgs } from './lbfgs';

/** A fitted logistic regression: K scores of a case are `x · weights + bias`. */
export interface LogisticRegression {
  /** K classes. */
  readonly classes: number;
  /** D*K numbers, row after row. */
  readonly weights: Float64Array;
  readonly bias: Float64Array;
  readonly hasConverged: boolean;
}

export interface LogisticRegressionOptions {
  /** C: how much the data count against the penalty, above 0. Small: cautious. */
  readonly strength: number;
  /** Which rows to learn from; default all. */
  readonly rows?: Int32Array;
  /** The largest slope that counts as flat, of the objective divided by C and the number of rows; default 1e-4, as in scikit-learn. */
  readonly tolerance?: number;
  /** Where to begin: a fit of the same shape. */
  readonly start?: LogisticRegression;
}

/**
 * Fit a multinomial logistic regression: minimise C times the summed cross-entropy plus half the squared weights. The bias has no
 * penalty.
 *
 * What scikit-learn's `LogisticRegression(C=C)` minimises for three classes and more; with two it has one column of weights,
 * of which the two here are the halves, plus and minus, for half its C.
 *
 * @param x      one row a case, best of about equal spread in each column
 * @param labels class of each row, 0 to K - 1
 * @throws RangeError when `strength` is not above 0, or a label is no whole number from 0
 * @source Bishop, "Pattern Recognition and Machine Learning", 2006, section 4.3.4, eq. 4.108-4.109 with a Gaussian prior.
 */
export function fitLogisticRegression(
  x: Matrix,
  labels: ArrayLike<number>,
  {
    strength,
    rows = Int32Array.from({ length: x.rows }, (_, row) => row),
    tolerance = 1e-4,
    start,
  }: LogisticRegressionOptions,
): LogisticRegression {
  if (!(strength > 0))
    throw new RangeError(`fitLogisticRegression: strength must be above 0, got ${strength}`);
  if (labels.length !== x.rows) {
    throw new RangeError(`fitLogisticRegression: ${labels.length} labels for ${x.rows} rows`);
  }
  let largest = 1;
  for (let row = 0; row < x.rows; row++) {
    const label = labels[row]!;
    if (!Number.isInteger(label) || label < 0) {
      throw new RangeError(`fitLogisticRegression: label ${row} must be a whole number from 0, got ${label}`);
    }
    largest = Math.max(largest, label);
  }
  const [D, K] = [x.columns, largest + 1];
  const scores = new Float64Array(K);
  // Divided by C and by the number of rows, so that one tolerance fits all.
  const perCase = 1 / rows.length;
  const { starts, columns, values } = nonZeros(x, rows);
  const penalty = 1 / (strength * rows.length);
  const f = (w: Float64Array, gradient: Float64Array): number => {
    gradient.fill(0);
    let value = 0;
    for (const [at, row] of rows.entries()) {
      const [first, end] = [starts[at]!, starts[at + 1]!];
      scores.set(w.subarray(D * K));
      for (let place = first; place < end; place++) {
        const [weight, own] = [columns[place]! * K, values[place]!];
        for (let k = 0; k < K; k++) scores[k] = scores[k]! + own * w[weight + k]!;
      }
      value += toDifferences(scores, labels[row]!) * perCase;
      for (let place = first; place < end; place++) {
        const [weight, own] = [columns[place]! * K, values[place]! * perCase];
        for (let k = 0; k < K; k++) gradient[weight + k] = gradient[weight + k]! + own * scores[k]!;
      }
      for (let k = 0; k < K; k++) gradient[D * K + k] = gradient[D * K + k]! + scores[k]! * perCase;
    }
    for (let at = 0; at < D * K; at++) {
      value += (penalty * w[at]! ** 2) / 2;
      gradient[at] = gradient[at]! + penalty * w[at]!;
    }
    return value;
  };
  const begin = new Float64Array((D + 1) * K);
  if (start && start.weights.length === D * K) {
    begin.set(start.weights);
    begin.set(start.bias, D * K);
  }
  const { x: found, hasConverged } = lbfgs(f, begin, { tolerance });
  return { classes: K, weights: found.slice(0, D * K), bias: found.slice(D * K), hasConverged };
}

/** What is not 0 in some rows, found once: indicators of words and items are mostly zeros. */
function nonZeros(
  x: Matrix,
  rows: Int32Array,
): { readonly starts: Int32Array; readonly columns: Int32Array; readonly values: Float32Array } {
  const starts = new Int32Array(rows.length + 1);
  const own = (row: number) => x.values.subarray(row * x.columns, (row + 1) * x.columns);
  for (const [at, row] of rows.entries()) {
    let count = 0;
    for (const value of own(row)) count += Number(value !== 0);
    starts[at + 1] = starts[at]! + count;
  }
  const [columns, values] = [new Int32Array(starts.at(-1)!), new Float32Array(starts.at(-1)!)];
  let place = 0;
  for (const row of rows) {
    const of = own(row);
    for (let column = 0; column < of.length; column++) {
      if (of[column] === 0) continue;
      columns[place] = column;
      values[place] = of[column]!;
      place += 1;
    }
  }
  return { starts, columns, values };
}

/** Turn scores into what each differs by from the right answer; answers the surprise in nats. */
function toDifferences(scores: Float64Array, label: number): number {
  const largest = Math.max(...scores);
  let sum = 0;
  for (let k = 0; k < scores.length; k++) sum += Math.exp(scores[k]! - largest);
  const surprise = Math.log(sum) + largest - scores[label]!;
  for (let k = 0; k < scores.length; k++) scores[k] = Math.exp(scores[k]! - largest) / sum;
  scores[label] = scores[label]! - 1;
  return surprise;
}

/**
 * The probabilities of the classes for each row.
 *
 * @returns rows*K numbers, each row summing to 1
 */
export function classProbabilities(
  { classes: K, weights, bias }: LogisticRegression,
  x: Matrix,
  rows: ArrayLike<number>,
): Float64Array {
  const probabilities = new Float64Array(rows.length * K);
  for (let at = 0; at < rows.length; at++) {
    const own = probabilities.subarray(at * K, (at + 1) * K);
    own.set(bias);
    for (let d = 0; d < x.columns; d++) {
      const value = x.values[rows[at]! * x.columns + d]!;
      if (value !== 0) for (let k = 0; k < K; k++) own[k] = own[k]! + value * weights[d * K + k]!;
    }
    const largest = Math.max(...own);
    let sum = 0;
    for (let k = 0; k < K; k++) sum += own[k] = Math.exp(own[k]! - largest);
    for (let k = 0; k < K; k++) own[k] = own[k]! / sum;
  }
  return probabilities;
}
