import * as tf from '@tensorflow/tfjs';
import { weight } from '../base/tree';
import type { Rng } from '../base/random';
import { embedding } from '../nn/embedding';
import { initLayerNorm } from '../nn/layer-norm';
import { addLearnedPositions, type LearnedPositionParams } from '../nn/learned-positions';
import type { LinearParams } from '../nn/linear';
import type { Mode } from '../nn/mode';
import type { Encoded, EncoderBatch, EncoderParams } from './encoder';
import { checkConfig, type SettingsOf } from './settings';
import {
  transformerSettings,
  transformerStack,
  type TransformerConfig,
  type TransformerStackParams,
} from './transformer-stack';

/** What a GPT encoder is made of. */
export interface GptConfig extends Omit<TransformerConfig, 'norm' | 'activation'> {
  /**
   * How many numbers each channel has beside the items, padding among them, by its name in a batch; `{}` for none. Channels whose names
   * differ in what follows a dot share a table: `query.1` and `query.2` are two words of one text.
   */
  readonly channels: Readonly<Record<string, number>>;
}

/** The block of GPT-2 with the sizes of the other encoders. */
export const gptDefaults = Object.freeze({
  width: 64,
  numBlocks: 2,
  numHeads: 2,
  feedForwardWidth: 256,
  dropoutRate: 0.3,
  attentionDropoutRate: 0.3,
});

/** What each setting of a GPT encoder may be. */
export const gptSettings: SettingsOf<GptConfig> = {
  width: transformerSettings.width,
  numBlocks: transformerSettings.numBlocks,
  numHeads: transformerSettings.numHeads,
  feedForwardWidth: transformerSettings.feedForwardWidth,
  dropoutRate: transformerSettings.dropoutRate,
  attentionDropoutRate: transformerSettings.attentionDropoutRate,
};

/** Weights of a GPT encoder. */
export interface GptParams extends EncoderParams, TransformerStackParams {
  readonly positions: LearnedPositionParams; // [T, D]
  /** One a channel, `[numbers, D]`; row 0 is zero, and row 1, what is not known, starts at zero. Absent without channels. */
  readonly channels?: Readonly<Record<string, tf.Variable<tf.Rank.R2>>>;
}

/** Standard deviation of all weights at the start: that of GPT. */
const spread = 0.02;

/**
 * Draw the weights of a GPT encoder: normal with a standard deviation of .02; those layers that add to the residual stream divided by
 * the root of their number, so that it does not grow with depth; biases zero, layer norms that only normalise.
 *
 * @throws RangeError when a setting is out of range, or the heads do not divide the width
 * @source Radford, Narasimhan, Salimans & Sutskever, "Improving Language Understanding by Generative Pre-Training", 2018, section 4.1
 *   (.02); Radford et al., "Language Models are Unsupervised Multitask Learners", 2019, section 2.3 (the residual layers).
 */
export function initGpt(config: GptConfig, rng: Rng): GptParams {
  checkConfig('initGpt', config, gptSettings, ['numItems', 'maxLength', 'channels']);
  const { numItems, maxLength, width, numBlocks, numHeads, feedForwardWidth, channels } = config;
  if (width % numHeads !== 0) {
    throw new RangeError(`initGpt: numHeads must divide the width ${width}, got ${numHeads}`);
  }
  const residual = spread / Math.sqrt(2 * numBlocks);
  const tables = tablesOf(channels).map(
    ([name, size]) => [name, drawTable(size, width, 2, rng.child('channel', name))] as const,
  );
  return {
    itemEmbedding: drawTable(numItems, width, 1, rng.child('item-embedding')),
    positions: { table: drawTable(maxLength, width, 0, rng.child('positions')) },
    ...(tables.length > 0 && { channels: Object.fromEntries(tables) }),
    blocks: Array.from({ length: numBlocks }, (_, block) => {
      const own = rng.child('block', block);
      return {
        attention: {
          queryKeyValue: drawLinear(width, 3 * width, spread, own.child('query-key-value')),
          output: drawLinear(width, width, residual, own.child('output')),
        },
        attentionNorm: initLayerNorm(width),
        expand: drawLinear(width, feedForwardWidth, spread, own.child('expand')),
        contract: drawLinear(feedForwardWidth, width, residual, own.child('contract')),
        feedForwardNorm: initLayerNorm(width),
      };
    }),
    norm: initLayerNorm(width),
  };
}

/** The tables of the channels: one for all that have the same name before a dot. */
function tablesOf(channels: GptConfig['channels']): [name: string, size: number][] {
  const sizes = new Map<string, number>();
  for (const [channel, size] of Object.entries(channels)) {
    const name = tableName(channel);
    if ((sizes.get(name) ?? size) !== size) {
      throw new RangeError(`initGpt: the channels ${name} share a table, so they must have one size`);
    }
    sizes.set(name, size);
  }
  return [...sizes];
}

const tableName = (channel: string): string => channel.split('.')[0]!;

function drawTable(rows: number, width: number, zeroRows: number, rng: Rng): tf.Variable<tf.Rank.R2> {
  const values = Float32Array.from({ length: rows * width }, (_, place) =>
    place < zeroRows * width ? 0 : spread * rng.normal(),
  );
  return weight<tf.Rank.R2>(values, [rows, width]);
}

function drawLinear(inputWidth: number, outputWidth: number, deviation: number, rng: Rng): LinearParams {
  const kernel = Float32Array.from({ length: inputWidth * outputWidth }, () => deviation * rng.normal());
  return {
    kernel: weight<tf.Rank.R2>(kernel, [inputWidth, outputWidth]),
    bias: weight<tf.Rank.R1>(new Float32Array(outputWidth), [outputWidth]),
  };
}

/**
 * Read events as GPT reads words, to say what comes next: each event is the sum of the vectors of its item, its place and its channels,
 * such as what was done, how long after the event before, in which category, after which query.
 *
 * Causal: the state after event t depends on items and channels of events 0..t. So the gap, the behaviour and the category of the next
 * event are not known where it is to be predicted; they may be predicted too (`nextChannelLoss`). Padding on the right changes
 * nothing before it. Without channels it is a SASRec with pre-norm, GELU by tanh, and weights that start smaller and, where they add to
 * the residual stream, by depth; positions are learned in both.
 *
 * @returns `hidden_BTD`, one vector after each event
 * @throws RangeError when the sequences are longer than `maxLength`, or the batch's channels are not those of the configuration
 * @source Radford, Narasimhan, Salimans & Sutskever, "Improving Language Understanding by Generative Pre-Training", 2018, section 3.1,
 *   eq. 2; the block with the layer norm before each part and one after the last: Radford et al., "Language Models are Unsupervised
 *   Multitask Learners", 2019, section 2.3. A sum of vectors of several kinds: Devlin et al., "BERT: Pre-training of Deep Bidirectional
 *   Transformers for Language Understanding", NAACL 2019, section 3, figure 2.
 * @differs Events and not words; no channel has a position of its own.
 */
export function gpt(params: GptParams, batch: EncoderBatch, config: GptConfig, mode: Mode): Encoded {
  const { items_BT, channels: given = {} } = batch;
  const T = items_BT.shape[1];
  if (T > config.maxLength) {
    throw new RangeError(`gpt: at most ${config.maxLength} events can be read, got ${T}`);
  }
  const asked = Object.keys(config.channels);
  const lacking = asked.find((name) => !Object.hasOwn(given, name));
  if (lacking !== undefined) throw new RangeError(`gpt: the batch has no channel ${lacking}`);
  const more = Object.keys(given).find((name) => !asked.includes(name));
  if (more !== undefined) throw new RangeError(`gpt: the model does not read the channel ${more}`);
  const hidden_BTD = tf.tidy(() => {
    const events_BTD = asked.reduce(
      (sum_BTD, name) =>
        tf.add<tf.Tensor3D>(sum_BTD, embedding(params.channels![tableName(name)]!, given[name]!)),
      embedding(params.itemEmbedding, items_BT) as tf.Tensor3D,
    );
    // Nothing looks at padding: it stands on the right, where a causal layer does not look.
    return transformerStack(
      params,
      addLearnedPositions(params.positions, events_BTD),
      { ...config, norm: 'pre', activation: 'gelu-tanh' },
      { causal: true },
      mode,
    );
  });
  return { hidden_BTD };
}
