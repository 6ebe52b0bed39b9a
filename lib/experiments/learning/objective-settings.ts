import type { Rng } from '../../base/random';
import type { Pooling } from '../../encoders/pooling';
import type { ViewKind } from '../../objectives/user-views';
import type { SplitSequences } from '../../preprocessing/splits/split-sequences';
import type { EncoderName } from '../encoder-catalogue';
import type { SequenceModel } from '../sequence-model';
import { lossNameOf, nextItems, type NextItemOptions } from './next-item';
import type { Objective, WeightedObjective } from './objective';
import { contrastive, reconstructing } from './user-views';

/** One objective of a training, as plain data, kept in the record of a run. */
export type ObjectiveSettings = {
  /** What its loss is multiplied by; default 1. */
  readonly weight?: number | 'learned';
} & (
  | { readonly name: 'next-item' }
  | {
      readonly name: 'contrastive';
      readonly views: ViewKind;
      readonly pooling: Pooling;
      readonly temperature: number;
      /** Events of a view at most; default as many as the model reads. */
      readonly viewLength?: number;
    }
  | {
      readonly name: 'reconstruction';
      readonly views: ViewKind;
      readonly pooling: Pooling;
      /** Events of a view at most; default as many as the model reads. */
      readonly viewLength?: number;
    }
);

/** The objectives by name. */
export const objectiveNames = ['next-item', 'contrastive', 'reconstruction'] as const;

/** What a model learns where nothing else is said. */
export const defaultObjectives: readonly ObjectiveSettings[] = [{ name: 'next-item' }];

/** Whether a model learns to name items: only then ranking them says which epoch is best. */
export const learnsNextItems = (all: readonly ObjectiveSettings[]): boolean =>
  all.some(({ name }) => name === 'next-item');

/** How a protocol names what a model learned by. */
export function describeObjectives(
  encoder: EncoderName,
  all: readonly ObjectiveSettings[],
  options: Pick<NextItemOptions, 'loss' | 'maskShare' | 'kl' | 'nextChannels'>,
): string {
  return all
    .map((own) => {
      const times = own.weight === undefined || own.weight === 1 ? '' : `${own.weight} x `;
      return `${times}${own.name === 'next-item' ? lossNameOf(encoder, options) : describeViews(own)}`;
    })
    .join(' + ');
}

function describeViews(own: Exclude<ObjectiveSettings, { name: 'next-item' }>): string {
  const temperature = own.name === 'contrastive' ? `, temperature ${own.temperature}` : '';
  const events = own.viewLength === undefined ? '' : ` of at most ${own.viewLength} events`;
  return `${own.name} of two views (${own.views}${events}${temperature}, ${own.pooling} pooling)`;
}

/**
 * Make the objectives of a training.
 *
 * @param options of next items; `batchSize` holds for all: windows, or users, in a step
 * @throws RangeError when one occurs twice, or there are options of next items and these are not learned, or one shows views and the
 *   model reads channels or profiles
 */
export function createObjectives(
  model: SequenceModel,
  split: SplitSequences,
  all: readonly ObjectiveSettings[],
  options: NextItemOptions,
  rng: Rng,
): WeightedObjective[] {
  const names = all.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) < index);
  if (twice) throw new RangeError(`createObjectives: ${twice} stands there twice`);
  if (!learnsNextItems(all)) {
    for (const name of ['loss', 'maskShare', 'kl', 'lengthBuckets', 'nextChannels'] as const) {
      if (options[name] === undefined) continue;
      throw new RangeError(`createObjectives: ${name} is of next items, which are not learned here`);
    }
  }
  const make = (own: ObjectiveSettings): Objective => {
    switch (own.name) {
      case 'next-item':
        return nextItems(model, split, options, rng);
      case 'contrastive':
        return contrastive(model, split, { ...own, batchSize: options.batchSize }, rng);
      case 'reconstruction':
        return reconstructing(model, split, { ...own, batchSize: options.batchSize }, rng);
    }
  };
  return all.map((own) => ({ objective: make(own), weight: own.weight ?? 1 }));
}
