import * as tf from '@tensorflow/tfjs';
import type { Rng } from '../../base/random';
import { countTargets, prepareNextItem } from '../../objectives/next-item';
import {
  describeLoss,
  lossOfNextItems,
  negativesOf,
  type NextItemLoss,
} from '../../objectives/next-item-losses';
import { augmentBatch, type Augmentation } from '../../preprocessing/augmentation/augment-batch';
import { mostSimilarItems } from '../../preprocessing/augmentation/similar-items';
import { contextOf, type HistoryContext, type SideColumns } from '../../preprocessing/side/side-columns';
import type { SplitSequences } from '../../preprocessing/splits/split-sequences';
import { epochBatches, type TrainingBatch } from '../../preprocessing/windows';
import type { BatchTensors } from '../../training/batch-tensors';
import { planBatches, type BatchPlan } from '../batch-plan';
import { encoderOf, type EncoderName } from '../encoder-catalogue';
import { batchOf, contextInputs, encodeBatch, sideFor } from '../model-side';
import type { SequenceModel } from '../sequence-model';
import { klDefaults, klOf, klWeightAt, type KlAnnealing } from './kl-annealing';
import { headsOf, lossOfChannel, nextChannelInputs, nextCodesOf } from './next-channels';
import type { Objective } from './objective';
import { defaultMaskShare, defaultPrefixShare, questionsOf, type AskedItems } from './window-questions';

/** How a model is asked for next items. */
export interface NextItemOptions {
  /** Windows in a step. */
  readonly batchSize: number;
  /**
   * Events of a window at most, the last target not counted: shorter than what the model reads where learning from long windows is
   * dear. Default: as many as the model reads.
   */
  readonly windowLength?: number;
  /** Default: cross-entropy over all items. */
  readonly loss?: NextItemLoss;
  /** For an encoder that reads in both directions: of a window's items, how many are hidden. Default `defaultMaskShare`. */
  readonly maskShare?: number;
  /**
   * For an encoder that answers once: of the beginnings of each window, how many are asked in an epoch, drawn anew each time; above
   * 0, up to 1. Default `defaultPrefixShare`. All rows of an epoch are held in memory: 12 bytes an event of each prefix.
   */
  readonly prefixShare?: number;
  /** For a variational encoder: how its divergence counts beside the loss. Default `klDefaults`. */
  readonly kl?: KlAnnealing;
  /**
   * How many lengths batches may have: T, T/2, T/4 ... Windows of about the same length then share a batch, and a batch of
   * short ones has more of them, so that all steps have about as many targets. Default: 4 where more than half of all
   * places would be padding, else 1.
   */
  readonly lengthBuckets?: number;
  /** What else of the next event is named, and what that loss counts beside the item's: one for each head of the model. */
  readonly nextChannels?: Readonly<Record<string, number>>;
  /** How some windows are changed before they are learned from. Default: not at all. Not for a model that reads channels of events. */
  readonly augmentation?: Augmentation;
}

/** What a training learns by, where nothing else is said. */
export const defaultLoss: NextItemLoss = { name: 'cross-entropy' };

/** The name of that loss in a protocol, for an encoder that is asked for the next item of every event. */
export const nextItemLossName = describeLoss(defaultLoss, 'every position');

/** What of the options stands in a protocol. */
export type NamedOptions = Pick<
  NextItemOptions,
  'loss' | 'maskShare' | 'prefixShare' | 'kl' | 'nextChannels' | 'augmentation'
>;

/** The name of a training's objective in a protocol. */
export function lossNameOf(
  encoder: EncoderName,
  {
    loss = defaultLoss,
    maskShare = defaultMaskShare,
    prefixShare = defaultPrefixShare,
    kl = klDefaults,
    nextChannels = {},
    augmentation,
  }: NamedOptions,
): string {
  const { maskIndex, answersOnce, isVariational } = encoderOf(encoder);
  const prefixes = prefixShare === 1 ? 'every prefix' : `a prefix (${prefixShare} of each window's)`;
  const name = describeLoss(
    loss,
    maskIndex
      ? `hidden items (${maskShare} of each window)`
      : answersOnce
        ? `the item after ${prefixes}`
        : 'every position',
  );
  const heads = Object.entries(nextChannels).map(([channel, weight]) => ` + ${weight} x next ${channel}`);
  const changed =
    augmentation && `, ${augmentation.name} ${augmentation.share} in ${augmentation.chance} of the windows`;
  return `${name}${changed ?? ''}${heads.join('')}${isVariational ? ` + ${kl.weight} x KL, annealed over ${kl.epochs} epochs` : ''}`;
}

/** What is read and asked for in a step, with what its negatives are drawn from: they depend on its place in the training alone. */
export interface AskedWindows extends AskedItems {
  readonly length: number;
  readonly negativesRng: Rng;
  /** What the divergence of a variational encoder counts. */
  readonly klWeight: number;
  /** Events of each row. */
  readonly lengths: Int32Array;
  /** What is known of each row, where the model reads more than items. */
  readonly contexts?: readonly HistoryContext[];
  /** By channel, B*T: the code of the event after each one, 0 where there is none. */
  readonly nextCodes?: Readonly<Record<string, Int32Array>>;
}

/** Learning next items, with the shapes that its batches have. */
export interface NextItemObjective extends Objective<AskedWindows> {
  readonly plan: BatchPlan;
}

/**
 * The next item after every event; hidden items for an encoder that reads in both directions, the last one among them; or the item
 * after each beginning of a window, a row of its own, for an encoder that answers once.
 *
 * Each epoch cuts the histories anew into windows at random offsets, so that every event is a target once an epoch (a share of them
 * where `prefixShare` says so).
 *
 * @throws RangeError when there is a `maskShare` and the encoder hides no items, a `prefixShare` and it answers more than once, a `kl`
 *   and it is not variational, or a number is out of range
 */
export function nextItems(
  model: SequenceModel,
  split: SplitSequences,
  options: NextItemOptions,
  rng: Rng,
): NextItemObjective {
  const { isVariational = false } = encoderOf(model.encoder);
  const {
    batchSize,
    loss = defaultLoss,
    kl = klDefaults,
    lengthBuckets,
    windowLength,
    augmentation,
  } = options;
  if (options.kl && !isVariational) {
    throw new RangeError(`nextItems: ${model.encoder} is not variational, so it has no kl`);
  }
  if (!(kl.weight >= 0 && kl.epochs >= 0)) {
    throw new RangeError(
      `nextItems: weight and epochs of kl must be from 0, got ${kl.weight} and ${kl.epochs}`,
    );
  }
  if (
    windowLength !== undefined &&
    !(Number.isInteger(windowLength) && windowLength >= 2 && windowLength <= model.length)
  ) {
    throw new RangeError(
      `nextItems: windowLength must be a whole number from 2 to ${model.length}, what the model reads, got ${windowLength}`,
    );
  }
  const asking = questionsOf(model, options);
  const heads = headsOf(model, options.nextChannels);
  if (augmentation && Object.keys(model.side?.codes.channels ?? {}).length > 0) {
    throw new RangeError(
      'nextItems: windows are not augmented where the model reads channels: they belong to events as they were',
    );
  }
  const side = sideFor(model, split.sequences.side);
  const windows = rng.child('windows');
  const plan = planBatches(split, {
    length: (windowLength ?? model.length) - asking.hiddenEvents,
    batchSize,
    rng: windows.child('epoch', 1),
    ...(lengthBuckets !== undefined && { numBuckets: lengthBuckets }),
    ...(asking.prefixShare !== undefined && { prefixShare: asking.prefixShare }),
  });
  const similar = augmentation?.name === 'substitute' ? mostSimilarItems(split) : new Int32Array(0);
  const batches = (epoch: number, round = 0): AskedWindows[] => {
    const ofEpoch = windows.child('epoch', epoch);
    const own = round === 0 ? ofEpoch : ofEpoch.child('round', round);
    const changed = (batch: TrainingBatch, index: number): TrainingBatch =>
      augmentation ? augmentBatch(batch, augmentation, similar, own.child('augmentation', index)) : batch;
    const drawn = epochBatches(split, { ...plan, rng: own }).map(changed);
    return drawn.map((batch, index, { length: steps }) => ({
      length: batch.length + asking.hiddenEvents,
      ...asking.ask(batch, own.child('hidden', index)),
      negativesRng: own.child('negatives', index),
      klWeight: klWeightAt(kl, epoch - 1 + index / steps),
      lengths: batch.lengths,
      ...(side && { contexts: contextsOf(batch, side) }),
      ...(side && heads.length > 0 && { nextCodes: nextCodesOf(batch, side, model.side!.heads) }),
    }));
  };
  const rows = new Map(
    plan.lengthBuckets.map((longest, i) => [longest + asking.hiddenEvents, plan.bucketRows[i]!]),
  );
  // A row with one target: as many targets as rows.
  const listLengths = asking.prefixShare === undefined ? targetListLengths(batches(1)) : rows;
  return {
    name: lossNameOf(model.encoder, options),
    plan,
    batches,
    inputs: (batch) => ({
      ...nextItemInputs(batch, rows.get(batch.length)!, listLengths.get(batch.length) ?? Infinity, {
        loss,
        numItems: model.config.numItems,
      }),
      ...contextInputs(model, batch.contexts, {
        rows: rows.get(batch.length)!,
        length: batch.length,
        lengths: batch.lengths,
      }),
      ...(isVariational && { klWeight_1: { values: Float32Array.of(batch.klWeight), shape: [1] } }),
    }),
    loss: (inputs, mode) => {
      const { hidden_BTD, kl_BT, itemVectors_VD } = encodeBatch(model, batchOf(model, inputs), mode);
      const ofItems = lossOfNextItems(loss, hidden_BTD, itemVectors_VD, inputs);
      const wrong = heads.reduce(
        (sum, [channel, weight]) =>
          tf.add<tf.Scalar>(sum, tf.mul(weight, lossOfChannel(model, channel, hidden_BTD, inputs))),
        ofItems,
      );
      return kl_BT ? tf.add(wrong, klOf(kl_BT, inputs)) : wrong;
    },
    weight: ({ targets }) => countTargets(targets),
  };
}

/** What is known of the inputs of each row of a batch. */
const contextsOf = ({ userRows, firstEvents, lengths }: TrainingBatch, side: SideColumns): HistoryContext[] =>
  Array.from(userRows, (user, row) =>
    contextOf(side, user, firstEvents[row]!, firstEvents[row]! + lengths[row]!),
  );

/**
 * How long the list of targets is made, for each length of batch: a little more than the most in the first epoch, so that
 * nearly all batches of a length have one shape (the others are as long as they can be). Always by the first epoch: a
 * resumed training must sum in the same order.
 */
function targetListLengths(
  firstEpoch: readonly Pick<AskedWindows, 'length' | 'targets'>[],
): Map<number, number> {
  const most = new Map<number, number>();
  for (const { length, targets } of firstEpoch) {
    most.set(length, Math.max(most.get(length) ?? 1, countTargets(targets)));
  }
  return new Map(Array.from(most, ([length, count]) => [length, 64 * Math.ceil((1.1 * count) / 64)]));
}

/** A batch as tensors of one shape: a last batch gets empty rows, which count nothing. */
function nextItemInputs(
  { items: read, targets, length, negativesRng, nextCodes = {} }: AskedWindows,
  batchSize: number,
  listLength: number,
  { loss, numItems }: { readonly loss: NextItemLoss; readonly numItems: number },
): BatchTensors {
  const places = batchSize * length;
  const items = new Int32Array(places);
  items.set(read);
  const L = countTargets(targets) <= listLength ? Math.min(listLength, places) : places;
  const asked = prepareNextItem(targets, L);
  return {
    items_BT: { values: items, shape: [batchSize, length] },
    positions_L: { values: asked.positions, shape: [L] },
    targets_L: { values: asked.targets, shape: [L] },
    weights_L: { values: asked.weights, shape: [L] },
    ...negativesOf(loss, asked, numItems, negativesRng),
    ...nextChannelInputs(nextCodes, asked),
  };
}
