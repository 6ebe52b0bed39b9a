import { matrix, type Matrix } from '../base/matrix';
import { createRng, type Rng } from '../base/random';
import { auroc } from '../evaluation/auroc';
import {
  classProbabilities,
  fitLogisticRegression,
  type LogisticRegression,
} from '../evaluation/logistic-regression';
import { stratifiedFolds } from '../evaluation/stratified-folds';
import { scale, fitScaler } from '../preprocessing/scaling/scaler';

/** How well vectors tell a label, fold by fold. */
export interface ProbeResult {
  /** Share of right answers in each fold. */
  readonly accuracies: readonly number[];
  /** Area under the ROC curve in each fold; null for three classes and more. */
  readonly aurocs: readonly number[] | null;
  /** The C that each fold chose on its own training part. */
  readonly strengths: readonly number[];
}

export interface ProbeOptions {
  /** Default 5. */
  readonly folds?: number;
  /** Seed of the folds. */
  readonly seed: number;
  /** Values of C to choose from, ascending. */
  readonly strengths?: readonly number[];
  /** Of the labels of a fold's training part, how many are known: above 0, up to 1. At least one a class and three in all are kept. */
  readonly labelShare?: number;
}

/** Around .01, which most folds choose on MovieLens-100K. */
const defaultStrengths = [0.001, 0.01, 0.1];
const innerFolds = 3;

/**
 * Ask how much vectors tell of a label that no training saw: logistic regression, cross-validated.
 *
 * Within each fold, columns are scaled to mean 0 and variance 1 and C is chosen by 3 inner folds (lowest cross-entropy), both on the
 * training part alone. Vectors of different width are thereby compared fairly: a fixed C favours one of them.
 *
 * @param vectors one row a case
 * @param labels  class of each row, whole numbers from 0
 * @throws RangeError when `labelShare` is out of range, there are fewer cases than folds, or a fold lacks one of two classes
 * @source Alain & Bengio, "Understanding Intermediate Layers Using Linear Classifier Probes", 2016, arXiv:1610.01644; the nesting:
 *   Cawley & Talbot, "On Over-fitting in Model Selection and Subsequent Selection Bias in Performance Evaluation", JMLR 11, 2010.
 */
export function probe(
  vectors: Matrix,
  labels: ArrayLike<number>,
  { folds = 5, seed, strengths = defaultStrengths, labelShare = 1 }: ProbeOptions,
): ProbeResult {
  if (!(labelShare > 0 && labelShare <= 1)) {
    throw new RangeError(`probe: labelShare must be above 0 and at most 1, got ${labelShare}`);
  }
  const rng = createRng(seed).child('probe');
  const foldOf = stratifiedFolds(labels, folds, rng.child('folds'));
  const accuracies: number[] = [];
  const aurocs: number[] = [];
  const chosen: number[] = [];
  for (let fold = 0; fold < folds; fold++) {
    const rowsWhere = (isTest: boolean): Int32Array =>
      Int32Array.from(foldOf.keys()).filter((row) => (foldOf[row] === fold) === isTest);
    const test = rowsWhere(true);
    const train = someOfEachClass(rowsWhere(false), labels, labelShare, rng.child('labels', fold));
    const once = probeRows(vectors, labels, { train, test, strengths, rng: rng.child('inner', fold) });
    chosen.push(once.strength);
    accuracies.push(once.accuracy);
    if (once.auroc !== null) aurocs.push(once.auroc);
  }
  return { accuracies, aurocs: aurocs.length === folds ? aurocs : null, strengths: chosen };
}

/** What one fit tells. */
export interface ProbeOnce {
  /** Share of right answers. */
  readonly accuracy: number;
  /** Null for three classes and more. */
  readonly auroc: number | null;
  /** The C that was chosen. */
  readonly strength: number;
}

/** Which rows are learned from, which are asked, and how. */
export interface ProbeRows {
  readonly train: Int32Array;
  readonly test: Int32Array;
  /** Values of C to choose from; by default those of `probe`. */
  readonly strengths?: readonly number[];
  readonly rng: Rng;
}

/**
 * One fit of `probe`: learn from some rows, be tested on others.
 *
 * Scaling and C come from the rows that are learned from.
 */
export function probeRows(vectors: Matrix, labels: ArrayLike<number>, rows: ProbeRows): ProbeOnce {
  const { fit, strength, probabilities } = probeProbabilities(vectors, labels, rows);
  const { test } = rows;
  const scores = Array.from(test, (_, at) => probabilities[2 * at + 1]!);
  return {
    accuracy: accuracyOf(fit, probabilities, labels, test),
    auroc:
      fit.classes === 2
        ? auroc(
            scores,
            Array.from(test, (row) => labels[row]!),
          )
        : null,
    strength,
  };
}

/**
 * The probabilities behind `probeRows`. Labels of rows that are not learned from do not count, but for the number of classes.
 *
 * @returns `probabilities` as `classProbabilities` of the rows `test`
 */
export function probeProbabilities(
  vectors: Matrix,
  labels: ArrayLike<number>,
  { train, test, strengths = defaultStrengths, rng }: ProbeRows,
): { readonly fit: LogisticRegression; readonly strength: number; readonly probabilities: Float64Array } {
  const x = standardised(vectors, train);
  const inner = stratifiedFolds(
    Array.from(train, (row) => labels[row]!),
    innerFolds,
    rng,
  );
  const strength = strengths.length === 1 ? strengths[0]! : best(x, labels, train, inner, strengths);
  const fit = fitLogisticRegression(x, labels, { strength, rows: train });
  return { fit, strength, probabilities: classProbabilities(fit, x, test) };
}

/** A share of the rows with every class among them, ascending. */
function someOfEachClass(rows: Int32Array, labels: ArrayLike<number>, share: number, rng: Rng): Int32Array {
  if (share === 1) return rows;
  const order = rng.shuffle(rows.slice());
  const firstOf = new Map<number, number>();
  for (const row of order) if (!firstOf.has(labels[row]!)) firstOf.set(labels[row]!, row);
  const kept = new Set(firstOf.values());
  const count = Math.max(innerFolds, Math.round(share * rows.length));
  for (const row of order) if (kept.size < count) kept.add(row);
  return Int32Array.from(kept).sort();
}

/** The C with the lowest cross-entropy over the inner folds. */
function best(
  x: Matrix,
  labels: ArrayLike<number>,
  train: Int32Array,
  inner: Int32Array,
  strengths: readonly number[],
): number {
  const surprise = new Float64Array(strengths.length);
  for (let fold = 0; fold < innerFolds; fold++) {
    const learn = train.filter((_, at) => inner[at] !== fold);
    const ask = train.filter((_, at) => inner[at] === fold);
    let fit: LogisticRegression | undefined;
    for (const [at, strength] of strengths.entries()) {
      fit = fitLogisticRegression(x, labels, { strength, rows: learn, ...(fit && { start: fit }) });
      const probabilities = classProbabilities(fit, x, ask);
      for (const [place, row] of ask.entries()) {
        surprise[at] =
          surprise[at]! - Math.log(Math.max(1e-12, probabilities[place * fit.classes + labels[row]!]!));
      }
    }
  }
  return strengths[surprise.indexOf(Math.min(...surprise))]!;
}

function accuracyOf(
  { classes }: LogisticRegression,
  probabilities: Float64Array,
  labels: ArrayLike<number>,
  rows: Int32Array,
): number {
  let right = 0;
  for (const [at, row] of rows.entries()) {
    const own = probabilities.subarray(at * classes, (at + 1) * classes);
    if (own.indexOf(Math.max(...own)) === labels[row]) right += 1;
  }
  return right / rows.length;
}

/**
 * Every column by mean and standard deviation of the given rows; one that is the same in all of them is 0 there.
 *
 * A column of mostly zeros is divided and not moved: the fit is the same, since the bias has no penalty, and zeros cost nothing.
 */
function standardised({ rows, columns, values }: Matrix, by: Int32Array): Matrix {
  const scaled = new Float32Array(values.length);
  for (let column = 0; column < columns; column++) {
    const of = (row: number): number => values[row * columns + column]!;
    const known = Float64Array.from(by, of);
    const scaler = fitScaler('z-score', known);
    const all = scale(
      scaler,
      Float64Array.from({ length: rows }, (_, row) => of(row)),
    );
    const zeros = known.reduce((count, value) => count + Number(value === 0), 0);
    const shift = 2 * zeros > known.length ? scale(scaler, [0])[0]! : 0;
    for (let row = 0; row < rows; row++) {
      scaled[row * columns + column] = shift !== 0 && of(row) === 0 ? 0 : all[row]! - shift;
    }
  }
  return matrix(rows, columns, scaled);
}
