/** How well one class is told from all others. Shares are 0 to 1. */
export interface ClassScores {
  readonly label: number;
  /** Cases that are of the class. With 0, recall has nothing to divide by and is 0. */
  readonly support: number;
  /** Cases that were said to be of it. With 0, precision has nothing to divide by and is 0. */
  readonly predicted: number;
  /** Cases that are of it and were said to be. */
  readonly right: number;
  readonly precision: number;
  readonly recall: number;
  /** Harmonic mean of both, as 2 right / (support + predicted); 0 where both counts are 0. */
  readonly f1: number;
}

/** How the scores of several classes become one. */
export const classAverages = ['macro', 'micro', 'weighted'] as const;

/**
 * - `macro`: the mean over classes; a rare class counts as much as a common one.
 * - `micro`: over all cases together; with one label a case precision, recall and F1 all equal the accuracy.
 * - `weighted`: the mean over classes, each as often as it occurs; the recall of it is the accuracy again.
 */
export type ClassAverage = (typeof classAverages)[number];

/**
 * The share of cases that got their own label.
 *
 * It says little where one class is common: always naming that one scores its share. Put that share beside it.
 *
 * @param truth     labels, any numbers
 * @param predicted the label given to each case
 * @throws RangeError when the two differ in length, are empty, or a label is not a finite number
 * @source Manning, Raghavan & Schütze, "Introduction to Information Retrieval", 2008, section 8.3.
 */
export function accuracy(truth: ArrayLike<number>, predicted: ArrayLike<number>): number {
  expectLabels('accuracy', truth, predicted);
  let right = 0;
  for (let at = 0; at < truth.length; at++) right += Number(truth[at] === predicted[at]);
  return right / truth.length;
}

/**
 * Precision, recall and F1 of every class that occurs, in the truth or in what was said.
 *
 * A ratio with nothing to divide by is 0, never NaN: who finds nothing earns nothing. The counts beside it tell such a 0 from one that
 * was earned.
 *
 * @returns in ascending order of the label
 * @throws RangeError as `accuracy`
 * @source van Rijsbergen, "Information Retrieval", 2nd ed., 1979, chapter 7 (F as 1 - E with equal weights).
 */
export function classScores(truth: ArrayLike<number>, predicted: ArrayLike<number>): ClassScores[] {
  expectLabels('classScores', truth, predicted);
  const counts = new Map<number, { support: number; predicted: number; right: number }>();
  const of = (label: number): { support: number; predicted: number; right: number } => {
    const known = counts.get(label) ?? { support: 0, predicted: 0, right: 0 };
    counts.set(label, known);
    return known;
  };
  for (let at = 0; at < truth.length; at++) {
    of(truth[at]!).support += 1;
    of(predicted[at]!).predicted += 1;
    if (truth[at] === predicted[at]) of(truth[at]!).right += 1;
  }
  return [...counts].sort(([a], [b]) => a - b).map(([label, count]) => scoresOf(label, count));
}

/**
 * Precision, recall and F1 of the positive class of two.
 *
 * True negatives play no part, and turning the labels around gives other numbers.
 *
 * @param positive the label of the positive class; default 1. Where it never occurs, all three are 0.
 * @throws RangeError as `accuracy`, and when there are more than two labels: then `averageScores`
 */
export function binaryScores(
  truth: ArrayLike<number>,
  predicted: ArrayLike<number>,
  positive = 1,
): ClassScores {
  const scores = classScores(truth, predicted);
  const others = scores.filter(({ label }) => label !== positive);
  if (others.length > 1) {
    throw new RangeError(
      `binaryScores: beside ${positive} there are the labels ${others.map(({ label }) => label).join(', ')}; ` +
        'with more than two classes use averageScores',
    );
  }
  const found = scores.find(({ label }) => label === positive);
  return found ?? scoresOf(positive, { support: 0, predicted: 0, right: 0 });
}

/**
 * One precision, recall and F1 for several classes.
 *
 * @param scores of every class, from `classScores`
 * @throws RangeError when there are no classes
 * @source Sokolova & Lapalme, "A Systematic Analysis of Performance Measures for Classification Tasks", Information Processing &
 *   Management 45(4), 2009, table 3.
 * @differs Macro F1 is the mean of the classes' F1, as in scikit-learn, not the harmonic mean of macro precision and recall, which is
 *   never smaller. Classes that only occur among what was said take part in the mean, as there.
 */
export function averageScores(
  scores: readonly ClassScores[],
  average: ClassAverage,
): Pick<ClassScores, 'precision' | 'recall' | 'f1'> {
  if (scores.length === 0) throw new RangeError('averageScores: there are no classes');
  const total = (of: (scores: ClassScores) => number): number =>
    scores.reduce((sum, one) => sum + of(one), 0);
  if (average === 'micro') {
    const whole = {
      support: total((one) => one.support),
      predicted: total((one) => one.predicted),
      right: total((one) => one.right),
    };
    const { precision, recall, f1 } = scoresOf(0, whole);
    return { precision, recall, f1 };
  }
  const weight = (one: ClassScores): number => (average === 'weighted' ? one.support : 1);
  const weights = total(weight);
  return {
    precision: total((one) => weight(one) * one.precision) / weights,
    recall: total((one) => weight(one) * one.recall) / weights,
    f1: total((one) => weight(one) * one.f1) / weights,
  };
}

function scoresOf(
  label: number,
  { support, predicted, right }: Pick<ClassScores, 'support' | 'predicted' | 'right'>,
): ClassScores {
  const share = (whole: number): number => (whole === 0 ? 0 : right / whole);
  const both = support + predicted;
  return {
    label,
    support,
    predicted,
    right,
    precision: share(predicted),
    recall: share(support),
    f1: both === 0 ? 0 : (2 * right) / both,
  };
}

function expectLabels(name: string, truth: ArrayLike<number>, predicted: ArrayLike<number>): void {
  if (truth.length === 0 || truth.length !== predicted.length) {
    throw new RangeError(`${name}: ${predicted.length} predictions for ${truth.length} cases`);
  }
  for (let at = 0; at < truth.length; at++) {
    if (!Number.isFinite(truth[at]) || !Number.isFinite(predicted[at])) {
      throw new RangeError(`${name}: case ${at} has the label ${truth[at]} and was given ${predicted[at]}`);
    }
  }
}
