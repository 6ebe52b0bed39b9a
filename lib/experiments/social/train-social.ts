import * as tf from '@tensorflow/tfjs';
import { createRng, type Rng } from '../../base/random';
import {
  initSocialFusion,
  socialVector,
  type SocialFusionConfig,
  type SocialFusionParams,
} from '../../encoders/social-fusion';
import type { TensorRecord } from '../../nn/graph/recording';
import { inference, type Mode } from '../../nn/mode';
import {
  initReconstruction,
  prepareReconstruction,
  reconstruction,
  type ReconstructionParams,
} from '../../objectives/reconstruction';
import { padBatch } from '../../preprocessing/padded-batch';
import type { BatchTensors } from '../../training/batch-tensors';
import { createOptimiser, disposeOptimiser, type OptimiserConfig } from '../../training/optimiser';
import { train, type TrainingProgress, type TrainingResult } from '../../training/train';
import { evaluateLists, meanOf } from './evaluate-lists';
import { drawFriendItems, type FriendDraw, type SocialData } from './social-data';

/** A fusion with what its vectors are scored by. */
export interface SocialModel {
  readonly config: SocialFusionConfig;
  readonly params: { readonly encoder: SocialFusionParams; readonly decoder: ReconstructionParams };
  readonly draw: FriendDraw;
}

/** Start a model with random weights: the untrained baseline, and the beginning of every training. @throws RangeError */
export function createSocialModel(
  { vocabulary }: Pick<SocialData, 'vocabulary'>,
  {
    config,
    draw,
    seed,
  }: {
    readonly config: Omit<SocialFusionConfig, 'numItems'>;
    readonly draw: FriendDraw;
    readonly seed: number;
  },
): SocialModel {
  const full = { ...config, numItems: vocabulary.itemIds.length };
  const rng = createRng(seed).child('init');
  return {
    config: full,
    params: {
      encoder: initSocialFusion(full, rng),
      decoder: initReconstruction(full.numItems, full.width, rng),
    },
    draw,
  };
}

/** How a fusion is trained. Plain data. */
export interface SocialTraining {
  readonly maxEpochs: number;
  /** Epochs without a better validation before training stops. */
  readonly patience: number;
  /** Users in a step. */
  readonly batchSize: number;
  readonly optimiser: OptimiserConfig;
  /** Longest gradient over all weights together. */
  readonly clipNorm: number;
  /** Of what is known and asked, of friends, of the order of users, and of dropout. */
  readonly seed: number;
}

/**
 * Train a fusion to name the rest of a user's items from some of them, and from what friends use.
 *
 * Each epoch parts the training items of each user anew: 0 to all but one of them, all numbers alike likely, are given, and the rest is
 * asked for (`reconstruction`), so that the model knows users of whom little is known. Friends give their training items only. The best
 * epoch by validation NDCG@10 is kept; the test is never looked at. The model's weights are changed in place.
 *
 * @throws RangeError when no user has a training item
 */
export async function trainSocial(
  model: SocialModel,
  data: SocialData,
  training: SocialTraining,
  run: { readonly onProgress?: (progress: TrainingProgress) => void; readonly signal?: AbortSignal } = {},
): Promise<TrainingResult> {
  const { config, params, draw } = model;
  const { batchSize, seed } = training;
  const rng = createRng(seed).child('social');
  const users = Int32Array.from(data.training.keys()).filter((user) => data.training[user]!.length > 0);
  if (users.length === 0) throw new RangeError('trainSocial: no user has a training item');
  const length = users.reduce((most, user) => Math.max(most, data.training[user]!.length), 0);
  const optimiser = createOptimiser(params, training.optimiser);
  try {
    return await train<DrawnUsers>({
      params,
      optimiser,
      batches: (epoch) => drawUsers(data, users, batchSize, rng.child('epoch', epoch)),
      inputs: ({ users: own, given, asked, rng: ofBatch }) => ({
        ...socialInputs(data, own, given, { draw, length, rows: batchSize, rng: ofBatch }),
        ...askedInputs(asked, batchSize * length),
      }),
      loss: (inputs, mode) =>
        reconstruction(params.decoder, vectorsOf(model, inputs, mode), {
          rows_L: inputs['rows_L'] as tf.Tensor1D,
          items_L: inputs['items_L'] as tf.Tensor1D,
          shares_L: inputs['shares_L'] as tf.Tensor1D,
        }),
      weight: ({ users: own }) => own.length,
      validate: () => {
        const { ndcg } = evaluateLists((own) => socialScores(model, data, own), data, 'validation');
        return Promise.resolve(meanOf(ndcg));
      },
      maxEpochs: training.maxEpochs,
      patience: training.patience,
      clipNorm: training.clipNorm,
      seed,
      batchSize,
      settings: { ...config, ...draw },
      ...run,
    });
  } finally {
    disposeOptimiser(optimiser);
  }
}

/** Some users with what is given and asked of each. */
interface DrawnUsers {
  readonly users: Int32Array;
  readonly given: readonly Int32Array[];
  readonly asked: readonly Int32Array[];
  readonly rng: Rng;
}

function drawUsers(data: SocialData, users: Int32Array, batchSize: number, rng: Rng): DrawnUsers[] {
  const order = rng.child('order').shuffle(users.slice());
  const part = rng.child('parts');
  return Array.from({ length: Math.ceil(order.length / batchSize) }, (_, batch) => {
    const own = order.slice(batch * batchSize, (batch + 1) * batchSize);
    const parts = Array.from(own, (user) => {
      const items = part.shuffle(data.training[user]!.slice());
      const given = part.integer(items.length);
      return [items.subarray(0, given), items.subarray(given)] as const;
    });
    return {
      users: own,
      given: parts.map(([given]) => given),
      asked: parts.map(([, asked]) => asked),
      rng: rng.child('friends', batch),
    };
  });
}

/** What is known of some users, in arrays of one shape: empty rows fill up. */
function socialInputs(
  data: SocialData,
  users: Int32Array,
  given: readonly Int32Array[],
  {
    draw,
    length,
    rows,
    rng,
  }: { readonly draw: FriendDraw; readonly length: number; readonly rows: number; readonly rng: Rng },
): BatchTensors {
  const { numFriends: F, itemsAFriend: K } = draw;
  const items = new Int32Array(rows * length);
  items.set(padBatch(given, length).items);
  const friendItems = new Int32Array(rows * F * K);
  friendItems.set(drawFriendItems(data, users, draw, rng));
  return {
    items_BT: { values: items, shape: [rows, length] },
    friendItems_BFK: { values: friendItems, shape: [rows, F, K] },
  };
}

function askedInputs(asked: readonly Int32Array[], listLength: number): BatchTensors {
  const list = prepareReconstruction(asked, listLength);
  const shape = [listLength];
  return {
    rows_L: { values: list.rows, shape },
    items_L: { values: list.items, shape },
    shares_L: { values: list.shares, shape },
  };
}

const vectorsOf = ({ params, config }: SocialModel, inputs: TensorRecord, mode: Mode): tf.Tensor2D =>
  socialVector(
    params.encoder,
    {
      items_BT: inputs['items_BT'] as tf.Tensor2D,
      perUser: { friendItems_BFK: inputs['friendItems_BFK']! },
    },
    config,
    mode,
  );

/**
 * Score all items for some users, from their training items and those of their friends, without dropout.
 *
 * @param known so many of a user's training items are given; default all. Friends are always known
 * @returns `[N, V]`; the caller disposes it
 */
export function socialScores(
  model: SocialModel,
  data: SocialData,
  users: Int32Array,
  { known = Infinity }: { readonly known?: number } = {},
): tf.Tensor2D {
  return tf.tidy(() => {
    const given = Array.from(users, (user) => data.training[user]!.subarray(0, known));
    const length = given.reduce((most, own) => Math.max(most, own.length), 1);
    // The same friends whenever a user is asked for.
    const rng = createRng(0).child('scores');
    const inputs = socialInputs(data, users, given, { draw: model.draw, length, rows: users.length, rng });
    const tensors = Object.fromEntries(
      Object.entries(inputs).map(([name, { values, shape }]) => [
        name,
        tf.tensor(values, [...shape], 'int32'),
      ]),
    );
    const vector_ND = vectorsOf(model, tensors, inference);
    const asking = tf.concat([vector_ND, tf.ones([users.length, 1])], 1);
    return tf.matMul<tf.Tensor2D>(asking, model.params.decoder.decoder, false, true);
  });
}
