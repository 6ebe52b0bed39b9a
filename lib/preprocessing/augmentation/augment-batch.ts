import type { Rng } from '../../base/random';
import type { TrainingBatch } from '../windows';
import { dropPositions } from './drop';
import { takePositions } from './positions';
import { reorderPositions } from './reorder';
import { substituteItems } from './substitute';

/** The ways to change windows of training. */
export const augmentationNames = ['drop', 'reorder', 'substitute'] as const;

/** How windows of training are changed. Plain data. */
export interface Augmentation {
  /**
   * - `drop`: events are left out
   * - `reorder`: one stretch is shuffled
   * - `substitute`: items that are read become similar ones; those that are asked for stay
   */
  readonly name: (typeof augmentationNames)[number];
  /** Of a window's events, how many are changed: 0 to 1. */
  readonly share: number;
  /** Of the windows, how many are changed, each for itself: 0 to 1. The others are as they were. */
  readonly chance: number;
}

/**
 * Change some windows of a batch: other histories that the same users could have had.
 *
 * A window is changed as one sequence, targets included, so that no event is both read and still to come. `substitute` alone changes what is
 * read and not what is asked: the model learns the true next item from a history that is partly somebody else's.
 *
 * @param similar of each item, what may stand for it (`mostSimilarItems`); read by `substitute`
 * @returns a batch of the same shape; windows keep an event to read and one to ask for
 * @throws RangeError when a share is outside [0, 1]
 * @source Tan, Xu & Liu, "Improved Recurrent Neural Networks for Session-based Recommendations", DLRS 2016, section 3.1 (`drop`); Xie et al.,
 *   "Contrastive Learning for Sequential Recommendation", ICDE 2022, section III (`reorder`); Liu et al., "Contrastive Self-supervised
 *   Sequential Recommendation with Robust Augmentation", arXiv:2108.06479, 2021 (`substitute`).
 * @differs The last two make views for a contrastive loss; here they make windows for the next item.
 */
export function augmentBatch(
  batch: TrainingBatch,
  { name, share, chance }: Augmentation,
  similar: Int32Array,
  rng: Rng,
): TrainingBatch {
  if (!(chance >= 0 && chance <= 1)) {
    throw new RangeError(`augmentBatch: the chance must be in [0, 1], got ${chance}`);
  }
  const { length: T } = batch;
  const [inputs, targets] = [batch.inputs.slice(), batch.targets.slice()];
  const [isReal, lengths] = [batch.isReal.slice(), batch.lengths.slice()];
  for (let row = 0; row < batch.numSequences; row++) {
    const own = rng.child('row', row);
    const numInputs = batch.lengths[row]!;
    if (numInputs === 0 || own.next() >= chance) continue;
    const at = row * T;
    if (name === 'substitute') {
      const read = batch.inputs.slice(at, at + numInputs);
      const { items } = substituteItems(read, { share, similar: (item) => similar[item]! }, own);
      inputs.set(items, at);
      continue;
    }
    const events = new Int32Array(numInputs + 1);
    events.set(batch.inputs.subarray(at, at + numInputs));
    events[numInputs] = batch.targets[at + numInputs - 1]!;
    const kept = takePositions(
      events,
      name === 'drop'
        ? dropPositions(events.length, { share, keep: 2 }, own)
        : reorderPositions(events.length, { share }, own),
    );
    for (const row of [inputs, targets, isReal]) row.fill(0, at, at + T);
    inputs.set(kept.subarray(0, -1), at);
    targets.set(kept.subarray(1), at);
    isReal.fill(1, at, at + kept.length - 1);
    lengths[row] = kept.length - 1;
  }
  return { ...batch, inputs, targets, isReal, lengths };
}
