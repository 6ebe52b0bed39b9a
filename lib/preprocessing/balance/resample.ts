import type { Rng } from '../../base/random';
import { countLabels } from './class-weights';

/**
 * Choose examples so that every class has the same number of them: for training only, never for a test.
 *
 * `over` repeats examples of rare classes, drawn with replacement, until each class is as large as the largest; every
 * example stays at least once. `under` leaves out examples of frequent classes, drawn without replacement, until each is as
 * small as the smallest. Classes without examples stay without.
 *
 * @param labels     class of each example, from 0
 * @param numClasses more than the largest label
 * @returns indices of examples, in random order
 * @throws RangeError as `classWeights`
 * @source Batista, Prati & Monard, "A Study of the Behavior of Several Methods for Balancing Machine Learning Training
 *   Data", SIGKDD Explorations 6(1), 2004, section 3 (random over-sampling, random under-sampling).
 */
export function resample(
  labels: ArrayLike<number>,
  numClasses: number,
  way: 'over' | 'under',
  rng: Rng,
): Int32Array {
  const present = countLabels('resample', labels, numClasses).filter((count) => count > 0);
  const size = way === 'over' ? Math.max(...present) : Math.min(...present);
  const byClass = Array.from({ length: numClasses }, (): number[] => []);
  for (let example = 0; example < labels.length; example++) byClass[labels[example]!]!.push(example);
  const chosen: number[] = [];
  for (const [label, examples] of byClass.entries()) {
    if (examples.length === 0) continue;
    const draw = rng.child('class', label);
    if (examples.length > size) draw.shuffle(examples);
    for (let place = 0; place < size; place++) {
      chosen.push(examples[place] ?? examples[draw.integer(examples.length)]!);
    }
  }
  return rng.child('order').shuffle(Int32Array.from(chosen));
}
