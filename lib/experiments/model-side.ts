import type * as tf from '@tensorflow/tfjs';
import type { Rng } from '../base/random';
import type { Encoded, EncoderBatch, EncoderConfig, EncoderParams } from '../encoders/encoder';
import { initItemFeatures, itemVectors, type ItemFeatureParams } from '../encoders/item-features';
import {
  fuseProfile,
  initProfileFusion,
  type ProfileFusion,
  type ProfileParams,
} from '../encoders/profile-fusion';
import type { LinearParams } from '../nn/linear';
import type { Mode } from '../nn/mode';
import { initNextChannel } from '../objectives/next-channel';
import { sizeOfCodes } from '../preprocessing/side/codes';
import type { HistoryContext, SideCodes, SideColumns } from '../preprocessing/side/side-columns';
import { channelSizes } from '../preprocessing/side/side-information';
import type { BatchTensors } from '../training/batch-tensors';
import type { TensorRecord } from '../nn/graph/recording';
import { encoderOf, type EncoderName } from './encoder-catalogue';

/** What a model knows beside items, and what it does with it: plain data, saved with the model. */
export interface ModelSide {
  readonly codes: SideCodes;
  /** How the profile is fused into the state; null where the codes have none. */
  readonly profileFusion: ProfileFusion | null;
  /** Channels whose value of the next event is named beside the next item. */
  readonly heads: readonly string[];
}

/** Weights for that, beside those of the encoder in one tree. Each is there only where it is used. */
export interface SideParams {
  readonly itemFeatures?: ItemFeatureParams;
  readonly profile?: ProfileParams;
  /** By channel: from the state to the known values. */
  readonly heads?: Readonly<Record<string, LinearParams>>;
}

/** The parts of a model that these functions read. */
export interface SidedModel {
  readonly encoder: EncoderName;
  readonly config: EncoderConfig;
  readonly params: EncoderParams & SideParams;
  readonly side?: ModelSide;
}

/**
 * Draw the weights of what a model knows beside items.
 *
 * @throws RangeError when a head is of no channel, or of one of words, or a profile has no fusion, or a fusion no profile
 */
export function initSide({ codes, profileFusion, heads }: ModelSide, width: number, rng: Rng): SideParams {
  const fields = Object.entries(codes.profile).map(([field, own]) => [field, sizeOfCodes(own)] as const);
  if (fields.length > 0 !== (profileFusion !== null)) {
    throw new RangeError(
      `createModel: ${profileFusion === null ? 'a profile needs a fusion' : 'there is no profile to be fused'}`,
    );
  }
  for (const head of heads) {
    const own = codes.channels[head];
    if (own && own.kind !== 'words') continue;
    throw new RangeError(
      `createModel: ${own ? `${head} is a text, which is not predicted` : `there is no channel ${head} to be predicted`}`,
    );
  }
  const layers = heads.map(
    (head) =>
      [
        head,
        initNextChannel(sizeOfCodes(codes.channels[head]!), width, rng.child('next-channel', head)),
      ] as const,
  );
  return {
    ...(codes.items && { itemFeatures: initItemFeatures(codes.items, width, rng.child('item-features')) }),
    ...(fields.length > 0 && {
      profile: initProfileFusion(Object.fromEntries(fields), width, rng.child('profile')),
    }),
    ...(layers.length > 0 && { heads: Object.fromEntries(layers) }),
  };
}

/**
 * The vectors that a model scores items by: those of its table, with those of their features where it knows some, or what it
 * computes from the items' texts.
 *
 * @returns `[V, D]`, row 0 zero; the model's own, or a new tensor: use it within a tidy
 */
export function itemVectorsOf({ encoder, params, side }: SidedModel): tf.Tensor2D {
  if (params.itemFeatures) return itemVectors(params.itemFeatures, params.itemEmbedding, side!.codes.items!);
  return encoderOf(encoder).itemVectors?.(params) ?? params.itemEmbedding;
}

/**
 * Encode a batch with all that the model knows: features of items in their vectors, channels beside them, the profile in the states.
 *
 * @returns the states, and the vectors that items are scored by; call it inside a tidy
 */
export function encodeBatch(
  model: SidedModel,
  batch: EncoderBatch,
  mode: Mode,
): Encoded & { readonly itemVectors_VD: tf.Tensor2D } {
  const { params, config, side } = model;
  const { encode } = encoderOf(model.encoder);
  const itemVectors_VD = itemVectorsOf(model);
  // An encoder only looks items up in its table: a sum of tables does as well as a variable.
  const table = itemVectors_VD as tf.Variable<tf.Rank.R2>;
  const read = params.itemFeatures ? { ...params, itemEmbedding: table } : params;
  const encoded = encode(read, batch, config, mode);
  if (!side || !params.profile) return { ...encoded, itemVectors_VD };
  const { friendItems_BFK: _, ...profile } = batch.perUser ?? {};
  const hidden_BTD = fuseProfile(params.profile, encoded.hidden_BTD, profile, side.profileFusion!);
  return { ...encoded, hidden_BTD, itemVectors_VD };
}

/**
 * What is known of the sequences of a model, in its codes.
 *
 * @returns null for a model that reads neither channels nor profiles
 * @throws RangeError when the sequences have not been coded for this model
 */
export function sideFor({ side }: SidedModel, columns: SideColumns | undefined): SideColumns | null {
  if (!side || !readsContexts(side)) return null;
  if (columns && columns.codes === side.codes) return columns;
  throw new RangeError(
    columns
      ? 'the sequences were coded for another model: use codeSide with the codes of this one'
      : 'the model reads channels, profiles or friends, which the sequences lack: use codeSide with its codes',
  );
}

/** Whether a model has to be told more of a history than its items. */
const readsContexts = ({ codes }: ModelSide): boolean =>
  Object.keys(codes.channels).length + Object.keys(codes.profile).length > 0 || codes.friends !== undefined;

/**
 * What is known of the rows of a batch, as numbers with their shapes.
 *
 * @param contexts one a row; its channels end with the last event of the row. Rows that are missing are empty
 * @throws RangeError when the model needs contexts and there are none, or a channel has fewer events than its row
 */
export function contextInputs(
  { side }: SidedModel,
  contexts: readonly (HistoryContext | undefined)[] | undefined,
  {
    rows,
    length,
    lengths,
  }: { readonly rows: number; readonly length: number; readonly lengths: ArrayLike<number> },
): BatchTensors {
  if (!side || !readsContexts(side)) return {};
  if (!contexts) {
    throw new RangeError(
      'the model reads channels, profiles or friends: say what is known of each history (contextOf, with codeSide)',
    );
  }
  const inputs: Record<string, BatchTensors[string]> = {};
  for (const name of Object.keys(channelSizes(side.codes))) {
    const values = new Int32Array(rows * length);
    for (let row = 0; row < rows; row++) {
      const own = contexts[row]?.channels[name];
      const events = lengths[row] ?? 0;
      if (events === 0) continue;
      if (!own || own.length < events) {
        throw new RangeError(
          `the channel ${name} of history ${row} has ${own?.length ?? 0} events, not ${events}`,
        );
      }
      values.set(own.subarray(own.length - events), row * length);
    }
    inputs[`channel.${name}`] = { values, shape: [rows, length] };
  }
  // By number: the fields of a profile are named by the data, and nodes of a graph take few characters.
  for (const [number, field] of Object.keys(side.codes.profile).entries()) {
    const values = Int32Array.from({ length: rows }, (_, row) => contexts[row]?.profile[field] ?? 0);
    inputs[`profile.${number}`] = { values, shape: [rows] };
  }
  const { friends } = side.codes;
  if (friends) {
    const { numFriends: F, itemsAFriend: K } = friends;
    const values = new Int32Array(rows * F * K);
    for (let row = 0; row < rows; row++) values.set(contexts[row]?.friendItems ?? [], row * F * K);
    inputs['friends'] = { values, shape: [rows, F, K] };
  }
  return inputs;
}

/** A batch as an encoder reads it, from tensors by name: `items_BT` and those of `contextInputs`, where they are. */
export function batchOf({ side }: SidedModel, inputs: TensorRecord): EncoderBatch {
  const take = (keys: readonly string[], nameOf: (key: string, number: number) => string) =>
    keys.flatMap((key, number) => {
      const tensor = inputs[nameOf(key, number)];
      return tensor ? [[key, tensor] as const] : [];
    });
  const channels = take(Object.keys(side ? channelSizes(side.codes) : {}), (name) => `channel.${name}`);
  const perUser = [
    ...take(Object.keys(side?.codes.profile ?? {}), (_, number) => `profile.${number}`),
    ...take(['friendItems_BFK'], () => 'friends'),
  ];
  return {
    items_BT: inputs['items_BT'] as tf.Tensor2D,
    ...(channels.length > 0 && { channels: Object.fromEntries(channels) as Record<string, tf.Tensor2D> }),
    ...(perUser.length > 0 && { perUser: Object.fromEntries(perUser) }),
  };
}
