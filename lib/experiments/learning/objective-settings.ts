import type { Rng } from '../../base/random';
import type { Pooling } from '../../encoders/pooling';
import type { ViewKind } from '../../objectives/user-views';
import type { SplitSequences } from '../../preprocessing/splits/split-sequences';
import type { EncoderName } from '../encoder-catalogue';
import type { SequenceModel } from '../sequence-model';
import type { LabelLoss } from '../../objectives/classification';
import type { OrderKind } from '../../objectives/order';
import type { UserLabels } from '../user-labels';
import type { SameIntent } from '../../objectives/intent-contrast';
import { classifying } from './classifying';
import { deepClusters, type DeepClusterOptions } from './deep-clusters';
import { intents } from './intents';
import { lossNameOf, nextItems, type NamedOptions, type NextItemOptions } from './next-item';
import type { Objective, WeightedObjective } from './objective';
import { orderPrediction } from './order';
import { hasOnlyItemVectors, skipGram, type SkipGramOptions } from './skip-gram';
import type { GroupingOptions } from './user-groups';
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
  | ({ readonly name: 'skip-gram' } & Omit<SkipGramOptions, 'pairs'>)
  | {
      readonly name: 'order';
      readonly order: OrderKind;
      readonly pooling: Pooling;
      /** Events that are read at most, both slices of a pair together; default as many as the model reads. */
      readonly sliceLength?: number;
    }
  | {
      readonly name: 'classification';
      /** A file of users and labels, see `readLabels`; a training is given what stands in it. */
      readonly labels: string;
      readonly loss: LabelLoss;
      readonly pooling: Pooling;
    }
  | ({ readonly name: 'dec' } & Omit<DeepClusterOptions, 'batchSize' | 'onGroups'>)
  | ({
      readonly name: 'intent';
      readonly views: ViewKind;
      readonly temperature: number;
      readonly sameIntent: SameIntent;
      /** Events of a view at most; default as many as the model reads. */
      readonly viewLength?: number;
    } & Pick<GroupingOptions, 'clusters' | 'pooling' | 'warmupEpochs'>)
);

/** The objectives by name. */
export const objectiveNames = [
  'next-item',
  'contrastive',
  'reconstruction',
  'skip-gram',
  'order',
  'classification',
  'dec',
  'intent',
] as const;

/** Options that only next items have. */
const optionsOfNextItems = [
  'loss',
  'maskShare',
  'prefixShare',
  'kl',
  'lengthBuckets',
  'windowLength',
  'nextChannels',
  'augmentation',
] as const;

/** What a model learns where nothing else is said. */
export const defaultObjectives: readonly ObjectiveSettings[] = [{ name: 'next-item' }];

/** Pairs in a step of skip-gram, for each window that a step of next items would have. */
const pairsPerRow = 64;

/** Whether a model learns to name items: only then ranking them says which epoch is best. */
export const learnsNextItems = (all: readonly ObjectiveSettings[]): boolean =>
  all.some(({ name }) => name === 'next-item');

/** Whether states are pooled by attention: then the model needs a question (`ModelSettings.attentionPooling`). */
export const poolsByAttention = (all: readonly ObjectiveSettings[]): boolean =>
  all.some((own) => 'pooling' in own && own.pooling === 'attention');

/** An objective that keeps users in groups. */
export type GroupingSettings = Extract<ObjectiveSettings, { name: 'dec' | 'intent' }>;

/** Whether an objective keeps users in groups: see `GroupingObjective`. */
export const groupsUsers = (own: ObjectiveSettings): own is GroupingSettings =>
  own.name === 'dec' || own.name === 'intent';

/** How a protocol names what a model learned by. */
export function describeObjectives(
  encoder: EncoderName,
  all: readonly ObjectiveSettings[],
  options: NamedOptions,
): string {
  return all
    .map((own) => {
      const times = own.weight === undefined || own.weight === 1 ? '' : `${own.weight} x `;
      return `${times}${describeOne(encoder, own, options)}`;
    })
    .join(' + ');
}

function describeOne(encoder: EncoderName, own: ObjectiveSettings, options: NamedOptions): string {
  switch (own.name) {
    case 'next-item':
      return lossNameOf(encoder, options);
    case 'skip-gram': {
      const thinned = own.threshold > 0 ? `, frequent items thinned at ${own.threshold}` : '';
      const order = own.shuffled ? 'shuffled histories' : 'histories in order';
      return `skip-gram of items at most ${own.window} apart (${order}${thinned}), ${own.negatives} negatives a pair by popularity to the .75`;
    }
    case 'order': {
      const what =
        own.order === 'pair' ? 'a pair of slices in order or swapped' : 'a slice in order or shuffled';
      const events = own.sliceLength === undefined ? '' : ` (at most ${own.sliceLength} events)`;
      return `order: ${what}${events}, ${own.pooling} pooling`;
    }
    case 'classification':
      return `classification by ${own.labels} (${own.loss}, ${own.pooling} pooling)`;
    case 'dec': {
      const refreshed = own.every === 1 ? 'every epoch' : `every ${own.every} epochs`;
      const until = own.tolerance > 0 ? ` until fewer than ${own.tolerance} of the users change` : '';
      return `deep embedded clustering (${describeGroups(own)}, targets anew ${refreshed}${until})`;
    }
    case 'intent': {
      const others = own.sameIntent === 'left-out' ? ' left out' : ' as negatives';
      return `intent of two views (${describeGroups(own)}, users of the same intent${others}, ${describeViewsOf(own)}, temperature ${own.temperature})`;
    }
    case 'contrastive':
    case 'reconstruction':
      return describeViews(own);
  }
}

/** The number of groups, what is grouped, and when that begins. */
function describeGroups({
  clusters,
  pooling,
  warmupEpochs,
}: Pick<GroupingOptions, 'clusters' | 'pooling' | 'warmupEpochs'>): string {
  const from = warmupEpochs > 0 ? ` from epoch ${warmupEpochs + 1}` : '';
  return `${clusters} clusters${from}, ${pooling} pooling`;
}

/** How a history is seen twice, and how much of it. */
const describeViewsOf = (own: { readonly views: ViewKind; readonly viewLength?: number }): string =>
  `${own.views}${own.viewLength === undefined ? '' : ` of at most ${own.viewLength} events`}`;

function describeViews(own: Extract<ObjectiveSettings, { name: 'contrastive' | 'reconstruction' }>): string {
  const temperature = own.name === 'contrastive' ? `, temperature ${own.temperature}` : '';
  return `${own.name} of two views (${describeViewsOf(own)}${temperature}, ${own.pooling} pooling)`;
}

/**
 * Make the objectives of a training.
 *
 * @param options of next items; `batchSize` holds for all: windows, or users, in a step; `labels` are those of a classification;
 *   `onGroups` is told of the groups of `dec` and `intent`
 * @throws RangeError when one occurs twice, there are options of next items and these are not learned, objectives pool by attention
 *   and the model has no question, or the other way round, skip-gram alone is to teach an encoder, one shows views and the model
 *   reads channels, profiles or friends, labels and classification do not come together, two objectives group the users, or nothing
 *   is learned in a warm-up
 * @throws InputError when there are fewer users than groups
 */
export function createObjectives(
  model: SequenceModel,
  split: SplitSequences,
  all: readonly ObjectiveSettings[],
  {
    labels,
    onGroups,
    ...options
  }: NextItemOptions & { readonly labels?: UserLabels } & Pick<GroupingOptions, 'onGroups'>,
  rng: Rng,
): WeightedObjective[] {
  const names = all.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) < index);
  if (twice) throw new RangeError(`createObjectives: ${twice} stands there twice`);
  if (names[0] === 'classification') {
    throw new RangeError(
      'createObjectives: a classification stands first, and nothing would say which epoch is best; let another objective stand ' +
        'before it, or take fineTune (npm run fine-tune) for the label alone',
    );
  }
  if (poolsByAttention(all) !== (model.params.attentionPooling !== undefined)) {
    throw new RangeError(
      model.params.attentionPooling
        ? "createObjectives: the model pools by attention, and no objective teaches it: give one the pooling 'attention'"
        : "createObjectives: the pooling 'attention' needs a model that is created with attentionPooling",
    );
  }
  if (all.every(({ name }) => name === 'skip-gram') && !hasOnlyItemVectors(model)) {
    throw new RangeError(
      `createObjectives: skip-gram teaches item vectors alone, and ${model.encoder} has other weights: take average with numLayers 0, or learn next items beside it`,
    );
  }
  if (!learnsNextItems(all)) {
    for (const name of optionsOfNextItems) {
      if (options[name] === undefined) continue;
      throw new RangeError(`createObjectives: ${name} is of next items, which are not learned here`);
    }
  }
  if (labels && !names.includes('classification')) {
    throw new RangeError('createObjectives: there are labels, and no classification to learn them');
  }
  if (all.filter(groupsUsers).length > 1) {
    throw new RangeError(
      'createObjectives: dec and intent both group the users, each in its own way: take one',
    );
  }
  const [grouping] = all.filter(groupsUsers);
  if (grouping && grouping.warmupEpochs > 0 && all.length === 1) {
    throw new RangeError(
      `createObjectives: nothing is learned in the ${grouping.warmupEpochs} epochs before ${grouping.name} begins: put another objective beside it, or set warmupEpochs to 0`,
    );
  }
  const told = onGroups && { onGroups };
  const make = (own: ObjectiveSettings): Objective => {
    switch (own.name) {
      case 'next-item':
        return nextItems(model, split, options, rng);
      case 'contrastive':
        return contrastive(model, split, { ...own, batchSize: options.batchSize }, rng);
      case 'reconstruction':
        return reconstructing(model, split, { ...own, batchSize: options.batchSize }, rng);
      case 'skip-gram':
        return skipGram(model, split, { ...own, pairs: pairsPerRow * options.batchSize }, rng);
      case 'order':
        return orderPrediction(model, split, { ...own, kind: own.order, batchSize: options.batchSize }, rng);
      case 'classification':
        if (!labels) throw new RangeError('createObjectives: a classification needs labels');
        return classifying(model, split, labels, { ...own, batchSize: options.batchSize }, rng);
      case 'dec':
        return deepClusters(model, split, { ...own, batchSize: options.batchSize, ...told }, rng);
      case 'intent':
        return intents(model, split, { ...own, batchSize: options.batchSize, ...told }, rng);
    }
  };
  return all.map((own) => ({ objective: make(own), weight: own.weight ?? 1 }));
}
