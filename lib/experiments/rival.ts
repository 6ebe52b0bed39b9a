import { disposeTree } from '../base/tree';
import type { SplitSequences } from '../preprocessing/splits/split-sequences';
import type { Scorer } from '../recommendation/scorer';
import type { TrainingProgress } from '../training/train';
import { defaultObjectives, describeObjectives } from './learning/objective-settings';
import { modelScorer, type SequenceModel } from './sequence-model';
import { trainEncoder, type EncoderTraining } from './train-encoder';

/** What a rival has learned. */
export interface LearnedScorer {
  readonly scorer: Scorer;
  /** The epoch that was kept; `null` where nothing was trained in epochs. */
  readonly epoch: number | null;
  /** What it was trained on; absent where nothing was. */
  readonly loss?: string;
  /** Frees what the scorer reads, once it has been asked. */
  readonly dispose?: () => void;
}

/**
 * Somebody who learns again and again, from other parts of a log each time, and is asked the same as the others.
 *
 * @typeParam Place which of the parts it is, and the seed of the weights
 */
export interface Rival<Place> {
  readonly name: string;
  /** @param known what may be learned from: training and validation */
  learn(known: SplitSequences, place: Place): LearnedScorer | Promise<LearnedScorer>;
}

/**
 * A rival that trains a model by `trainEncoder`, and frees it afterwards.
 *
 * @param start    a new model for a seed: with random weights, or a copy of one that was trained elsewhere
 * @param training how it is trained at a place; the seed is that of the place
 */
export const trainedRival = <Place extends { readonly seed: number }>(
  name: string,
  start: (place: Place) => SequenceModel,
  training: (place: Place) => Omit<EncoderTraining, 'seed'>,
  run: {
    readonly onProgress?: (progress: TrainingProgress) => void;
    readonly signal?: AbortSignal;
  } = {},
): Rival<Place> => ({
  name,
  learn: async (known, place) => {
    const model = start(place);
    const settings = { ...training(place), seed: place.seed };
    const { bestEpoch } = await trainEncoder(model, known, settings, run);
    return {
      scorer: modelScorer(model, name),
      epoch: bestEpoch,
      loss: describeObjectives(model.encoder, settings.objectives ?? defaultObjectives, settings),
      dispose: () => disposeTree(model.params),
    };
  },
});
