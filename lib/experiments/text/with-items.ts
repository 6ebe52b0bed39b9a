import type { Matrix } from '../../base/matrix';
import { assignLeaves, leaves } from '../../base/tree';
import type { Vocabulary } from '../../preprocessing/vocabulary';
import { copyWeights } from '../../training/checkpoint';
import type { SavedTensor } from '../../training/safetensors';
import { createModel, type SequenceModel } from '../sequence-model';

/** How a model is taken over. */
export interface TakeOverOptions {
  /**
   * What further training changes: `all` weights, or the `adapter` alone, how texts (and ids) become vectors, while the sequence encoder
   * above stays as it was learned elsewhere. Default `all`.
   */
  readonly learned?: 'all' | 'adapter';
  /**
   * What the adapter takes off a text first: as it was learned (`kept`), or the mean of the new texts (`new`), which needs no event. Where
   * the new items are of another kind, all their texts lie to one side of the old mean, and look alike to the model. Default `kept`.
   */
  readonly center?: 'kept' | 'new';
}

/**
 * The same trained encoder over other items, known by their texts: new items of the same shop, or those of another one.
 *
 * All weights are copied, so that the two models are trained apart from now on. With ids, an item that both vocabularies have keeps
 * its own vector, and a new one starts by its text alone. What further training changes is up to `learned`.
 *
 * @param itemTexts `[V, E]` in the order of the new vocabulary, from the text encoder that the model was trained with
 * @throws RangeError when the texts have another width than the model's, or not a row an item
 * @source Hou et al., "Towards Universal Sequence Representation Learning for Recommender Systems" (UniSRec), KDD 2022, section 2.5
 *   (parameter-efficient fine-tuning in new domains).
 * @differs `learned` is 'all' unless it is said; with 'adapter' positions, blocks and their norms are frozen, and ids are learned where
 *   there are some. `center` 'new' is no part of the paper.
 */
export function withItems(
  model: SequenceModel<'unisrec'>,
  vocabulary: Vocabulary,
  itemTexts: Matrix,
  { learned = 'all', center = 'kept' }: TakeOverOptions = {},
): SequenceModel<'unisrec'> {
  const { config, length } = model;
  if (itemTexts.columns !== config.textWidth) {
    throw new RangeError(
      `withItems: the model reads texts of ${config.textWidth} numbers, got ${itemTexts.columns}`,
    );
  }
  const other = createModel(vocabulary, { encoder: 'unisrec', length, seed: 0, config, itemTexts });
  const weights = new Map<string, SavedTensor>(copyWeights(model.params));
  const own = copyWeights(other.params);
  weights.set('itemEmbedding', own.get('itemEmbedding')!);
  if (center === 'new') weights.set('adapter.center', own.get('adapter.center')!);
  const ids = weights.get('ids');
  if (ids) {
    const { width } = config;
    const values = new Float32Array(vocabulary.itemIds.length * width);
    for (const [item, itemId] of vocabulary.itemIds.entries()) {
      const before = item === 0 ? 0 : model.vocabulary.indexOf(itemId);
      if (before > 0) values.set(ids.values.subarray(before * width, (before + 1) * width), item * width);
    }
    weights.set('ids', { shape: [vocabulary.itemIds.length, width], values });
  }
  assignLeaves(other.params, weights);
  if (learned === 'adapter') {
    for (const part of [other.params.positions, other.params.blocks, other.params.norm]) {
      for (const [, leaf] of leaves(part)) leaf.trainable = false;
    }
  }
  return other;
}
