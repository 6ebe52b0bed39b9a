/**
 * How much an example of each class counts, so that all classes weigh the same together: examples / (classes * examples of
 * the class).
 *
 * The mean weight over all examples is 1, so that a loss keeps its size. A class without examples weighs 0.
 *
 * @param labels     class of each example, from 0
 * @param numClasses more than the largest label
 * @returns one weight a class
 * @throws RangeError when a label is no whole number from 0 to `numClasses - 1`, or there are no labels
 * @source King & Zeng, "Logistic Regression in Rare Events Data", Political Analysis 9(2), 2001 (weighting),
 *   with the weights of scikit-learn's `compute_class_weight('balanced')`.
 * @differs Classes without an example do not count as classes: scikit-learn refuses them.
 */
export function classWeights(labels: ArrayLike<number>, numClasses: number): Float64Array {
  const counts = countLabels('classWeights', labels, numClasses);
  const present = counts.reduce((sum, count) => sum + Number(count > 0), 0);
  return Float64Array.from(counts, (count) => (count === 0 ? 0 : labels.length / (present * count)));
}

/** Examples of each class. @throws RangeError as `classWeights`, with `name` in the message */
export function countLabels(name: string, labels: ArrayLike<number>, numClasses: number): Int32Array {
  if (labels.length === 0) throw new RangeError(`${name}: there are no labels`);
  const counts = new Int32Array(numClasses);
  for (let example = 0; example < labels.length; example++) {
    const label = labels[example]!;
    if (!(Number.isInteger(label) && label >= 0 && label < numClasses)) {
      throw new RangeError(
        `${name}: the label ${label} of example ${example} is none of 0 to ${numClasses - 1}`,
      );
    }
    counts[label]! += 1;
  }
  return counts;
}
