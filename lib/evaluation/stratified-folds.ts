import type { Rng } from '../base/random';

/**
 * Deal labelled cases into folds, each with its share of every label.
 *
 * Every case is in exactly one fold. Of each label, folds differ by one case at most; so they do in size.
 *
 * @param labels whole numbers from 0
 * @returns the fold of each case, 0 to `folds - 1`
 * @throws RangeError when `folds` is below 2, or more than there are cases
 * @source Kohavi, "A Study of Cross-Validation and Bootstrap for Accuracy Estimation and Model Selection", IJCAI 1995, section 2.2.
 */
export function stratifiedFolds(labels: ArrayLike<number>, folds: number, rng: Rng): Int32Array {
  if (!(Number.isInteger(folds) && folds >= 2 && folds <= labels.length)) {
    throw new RangeError(
      `stratifiedFolds: folds must be 2 to ${labels.length}, the number of cases, got ${folds}`,
    );
  }
  const byLabel = new Map<number, number[]>();
  for (let at = 0; at < labels.length; at++) {
    const own = byLabel.get(labels[at]!);
    if (own) own.push(at);
    else byLabel.set(labels[at]!, [at]);
  }
  const foldOf = new Int32Array(labels.length);
  let next = 0; // the next label goes on where the last one stopped: sizes stay even
  for (const label of [...byLabel.keys()].sort((a, b) => a - b)) {
    for (const at of rng.child('label', label).shuffle(byLabel.get(label)!)) {
      foldOf[at] = next;
      next = (next + 1) % folds;
    }
  }
  return foldOf;
}
