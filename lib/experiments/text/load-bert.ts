import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type * as tf from '@tensorflow/tfjs';
import { InputError } from '../../base/errors';
import { weight } from '../../base/tree';
import type { BertConfig, BertParams } from '../../encoders/bert';
import type { FeedForwardActivation } from '../../nn/feed-forward';
import type { LayerNormParams } from '../../nn/layer-norm';
import type { LinearParams } from '../../nn/linear';
import { readTensors, type SavedTensor } from '../../training/safetensors';

/** A BERT model as it was read. */
export interface LoadedBert {
  readonly config: BertConfig;
  readonly params: BertParams;
  /** Tensors of the file that a text encoder has no use for: the pooling layer, heads of the pre-training. */
  readonly unused: readonly string[];
}

const fetchAgain = 'Fetch the model again; it needs config.json and model.safetensors of a BERT.';

/** How the published models name their activations. */
const activations: Readonly<Record<string, FeedForwardActivation>> = {
  gelu: 'gelu',
  gelu_python: 'gelu',
  gelu_new: 'gelu-tanh',
  gelu_pytorch_tanh: 'gelu-tanh',
  relu: 'relu',
};

/**
 * Read what a BERT model is made of from the `config.json` beside its weights.
 *
 * @throws InputError when the file is missing or damaged, or describes another kind of model
 */
export function readBertConfig(folder: string): BertConfig {
  const file = join(folder, 'config.json');
  const saved = readSettings(file);
  const refuse = (problem: string): InputError =>
    new InputError(problem, 'Take a model whose model_type is bert.', { file });
  if (saved['model_type'] !== 'bert')
    throw refuse(`the model is a ${shown(saved['model_type'])}, not a bert.`);
  const positions = saved['position_embedding_type'] ?? 'absolute';
  if (positions !== 'absolute') throw refuse(`its positions are ${shown(positions)}, not absolute.`);
  if (saved['is_decoder'] === true) throw refuse('it reads in one direction (is_decoder).');
  const activation = activations[shown(saved['hidden_act'] ?? 'gelu')];
  if (!activation) throw refuse(`its activation ${shown(saved['hidden_act'])} is not known here.`);
  const number = (name: string, from: number, preset?: number): number => {
    const value = saved[name] ?? preset;
    if (typeof value === 'number' && value >= from && (from === 0 || Number.isInteger(value))) return value;
    throw refuse(`${name} must be a number from ${from}, got ${shown(value)}.`);
  };
  const [width, numHeads] = [number('hidden_size', 1), number('num_attention_heads', 1)];
  if (width % numHeads !== 0) throw refuse(`${numHeads} heads do not divide the width ${width}.`);
  return {
    vocabularySize: number('vocab_size', 1),
    tokenTypes: number('type_vocab_size', 1, 2),
    maxLength: number('max_position_embeddings', 1),
    width,
    numBlocks: number('num_hidden_layers', 1),
    numHeads,
    feedForwardWidth: number('intermediate_size', 1),
    activation,
    normEpsilon: number('layer_norm_eps', 0, 1e-12),
    dropoutRate: number('hidden_dropout_prob', 0, 0.1),
    attentionDropoutRate: number('attention_probs_dropout_prob', 0, 0.1),
  };
}

/** A setting as a message shows it. */
const shown = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value ?? null));

/** A table of settings. @throws InputError when the file is missing or damaged */
export function readSettings(file: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return value as Record<string, unknown>;
  } catch (error) {
    throw new InputError(`this cannot be read (${(error as Error).message}).`, fetchAgain, { file });
  }
  throw new InputError('this is no table of settings.', fetchAgain, { file });
}

/** What models of this family carry beside the encoder. */
const notOfTheEncoder = /^(pooler|cls|classifier|qa_outputs)\.|^embeddings\.position_ids$/;

/**
 * Load a published BERT model: `config.json` and `model.safetensors` of one folder, of any size and language.
 *
 * The names of the tensors may begin with `bert.` or not, and layer norms may say `weight` and `bias` or, as old files do, `gamma` and
 * `beta`. The pooling layer and heads of the pre-training are left out and named in `unused`.
 *
 * @param trainable false, the default: frozen; a training with other weights beside them leaves them as they are
 * @throws InputError naming every tensor that is missing, of another shape than `config.json` says, or unknown; and for damaged files
 */
export function loadBert(
  folder: string,
  { trainable = false }: { readonly trainable?: boolean } = {},
): LoadedBert {
  const config = readBertConfig(folder);
  const file = join(folder, 'model.safetensors');
  const unused: string[] = [];
  const { tensors } = readTensors(file, {
    remedy: fetchAgain,
    ignore: (name) => {
      const isNot = notOfTheEncoder.test(plainName(name));
      if (isNot) unused.push(name);
      return isNot;
    },
  });
  const named = new Map([...tensors].map(([name, tensor]) => [plainName(name), tensor]));
  const wanted = shapesOf(config);
  const problems = [
    ...[...wanted.keys()].filter((name) => !named.has(name)).map((name) => `${name} is missing`),
    ...[...named.keys()].filter((name) => !wanted.has(name)).map((name) => `${name} is not part of a bert`),
    ...[...wanted].flatMap(([name, shape]) => {
      const there = named.get(name)?.shape;
      return there && there.join() !== shape.join()
        ? [`${name} is [${there.join(', ')}] there and [${shape.join(', ')}] by config.json`]
        : [];
    }),
  ];
  if (problems.length > 0) {
    throw new InputError(`the weights do not fit: ${problems.join('; ')}.`, fetchAgain, { file });
  }
  return { config, params: toParams(config, named, trainable), unused };
}

/** Without the prefix of a model with heads, in the present names of layer norms. */
const plainName = (name: string): string =>
  name
    .replace(/^bert\./, '')
    .replace(/LayerNorm\.gamma$/, 'LayerNorm.weight')
    .replace(/LayerNorm\.beta$/, 'LayerNorm.bias');

const nameOfBlock = (block: number): string => `encoder.layer.${block}`;

/** The tensors of a text encoder and their shapes; PyTorch keeps kernels as `[output, input]`. */
function shapesOf(config: BertConfig): Map<string, readonly number[]> {
  const { width: D, feedForwardWidth: F } = config;
  const dense = (name: string, input: number, output: number): [string, number[]][] => [
    [`${name}.weight`, [output, input]],
    [`${name}.bias`, [output]],
  ];
  const norm = (name: string): [string, number[]][] => [
    [`${name}.weight`, [D]],
    [`${name}.bias`, [D]],
  ];
  const ofBlock = (block: string): [string, number[]][] => [
    ...['query', 'key', 'value'].flatMap((part) => dense(`${block}.attention.self.${part}`, D, D)),
    ...dense(`${block}.attention.output.dense`, D, D),
    ...norm(`${block}.attention.output.LayerNorm`),
    ...dense(`${block}.intermediate.dense`, D, F),
    ...dense(`${block}.output.dense`, F, D),
    ...norm(`${block}.output.LayerNorm`),
  ];
  return new Map([
    ['embeddings.word_embeddings.weight', [config.vocabularySize, D]],
    ['embeddings.position_embeddings.weight', [config.maxLength, D]],
    ['embeddings.token_type_embeddings.weight', [config.tokenTypes, D]],
    ...norm('embeddings.LayerNorm'),
    ...Array.from({ length: config.numBlocks }, (_, block) => ofBlock(nameOfBlock(block))).flat(),
  ]);
}

function toParams(
  config: BertConfig,
  named: ReadonlyMap<string, SavedTensor>,
  trainable: boolean,
): BertParams {
  const valuesOf = (name: string): Float32Array => named.get(name)!.values;
  const table = (name: string): tf.Variable<tf.Rank.R2> =>
    weight<tf.Rank.R2>(valuesOf(name), named.get(name)!.shape as [number, number], trainable);
  const vector = (values: Float32Array): tf.Variable<tf.Rank.R1> =>
    weight<tf.Rank.R1>(values, [values.length], trainable);
  const norm = (name: string): LayerNormParams => ({
    scale: vector(valuesOf(`${name}.weight`)),
    shift: vector(valuesOf(`${name}.bias`)),
  });
  /** Layers over the same input as one, side by side. */
  const dense = (...names: string[]): LinearParams => {
    const [, input] = named.get(`${names[0]!}.weight`)!.shape as [number, number];
    const biases = names.map((name) => valuesOf(`${name}.bias`));
    const output = biases.reduce((sum, { length }) => sum + length, 0);
    const kernel = new Float32Array(input * output);
    let start = 0;
    for (const name of names) {
      const values = valuesOf(`${name}.weight`);
      const rows = values.length / input;
      for (let row = 0; row < rows; row++) {
        for (let column = 0; column < input; column++) {
          kernel[column * output + start + row] = values[row * input + column]!;
        }
      }
      start += rows;
    }
    const bias = new Float32Array(output);
    biases.reduce((at, values) => (bias.set(values, at), at + values.length), 0);
    return { kernel: weight<tf.Rank.R2>(kernel, [input, output], trainable), bias: vector(bias) };
  };
  return {
    tokens: table('embeddings.word_embeddings.weight'),
    positions: { table: table('embeddings.position_embeddings.weight') },
    tokenTypes: table('embeddings.token_type_embeddings.weight'),
    norm: norm('embeddings.LayerNorm'),
    blocks: Array.from({ length: config.numBlocks }, (_, index) => {
      const block = nameOfBlock(index);
      const own = ['query', 'key', 'value'].map((part) => `${block}.attention.self.${part}`);
      return {
        attention: { queryKeyValue: dense(...own), output: dense(`${block}.attention.output.dense`) },
        attentionNorm: norm(`${block}.attention.output.LayerNorm`),
        expand: dense(`${block}.intermediate.dense`),
        contract: dense(`${block}.output.dense`),
        feedForwardNorm: norm(`${block}.output.LayerNorm`),
      };
    }),
  };
}
