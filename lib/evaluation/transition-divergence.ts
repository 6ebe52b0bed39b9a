import { jensenShannonOfWindows } from './jensen-shannon';

/**
 * How differently two histories go on from the same state: the divergence of their transition matrices, in bits, 0 to 1.
 *
 * Row by row the Jensen-Shannon divergence of what follows, each history weighing as much as it left the state, and the mean of the rows
 * by how often both left it together: what knowing whose history it is says of the next step once the last one is known. A state that
 * only one of them ever left cannot be compared and is left out. Biased upwards where steps are few, as `jensenShannon` is.
 *
 * @param a `a[from][to]`: how often `to` came right after `from`
 * @returns NaN where no state was left by both
 * @throws RangeError when the matrices differ in size, or an entry is negative or not finite
 * @source Lin, "Divergence Measures Based on the Shannon Entropy", IEEE Transactions on Information Theory 37(1), 1991 (of each row);
 *   Anderson & Goodman, "Statistical Inference about Markov Chains", Annals of Mathematical Statistics 28(1), 1957, section 3 (rows
 *   weighed by their counts: 2 n ln 2 times it is the test whether two samples are of one chain).
 */
export function transitionDivergence(
  a: readonly ArrayLike<number>[],
  b: readonly ArrayLike<number>[],
): number {
  if (a.length !== b.length)
    throw new RangeError(`transitionDivergence: matrices of ${a.length} and ${b.length} states`);
  let [sum, steps] = [0, 0];
  for (const [from, row] of a.entries()) {
    const divergence = jensenShannonOfWindows([row, b[from]!]);
    const [leftA, leftB] = [total(row), total(b[from]!)];
    if (leftA === 0 || leftB === 0) continue;
    sum += (leftA + leftB) * divergence;
    steps += leftA + leftB;
  }
  return sum / steps;
}

const total = (counts: ArrayLike<number>): number =>
  Array.from(counts).reduce((all, count) => all + count, 0);
