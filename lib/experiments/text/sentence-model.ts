import { createHash } from 'node:crypto';
import { closeSync, existsSync, openSync, readFileSync, readSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { InputError } from '../../base/errors';
import { matrix, type Matrix } from '../../base/matrix';
import {
  bert,
  type BertBatch,
  type BertConfig,
  type BertParams,
  type BertWeights,
} from '../../encoders/bert';
import { pool } from '../../encoders/pooling';
import { inference, type Mode } from '../../nn/mode';
import { readWordPiece, type WordPiece } from '../../preprocessing/text/word-piece';
import { loadBert, readSettings } from './load-bert';

/** How the vectors of a text's pieces become one: their mean, that of `[CLS]`, or the largest of each number. */
export type SentencePooling = 'mean' | 'cls' | 'max';

/** A text encoder together with all that is needed to use it. */
export interface SentenceModel {
  readonly config: BertConfig;
  readonly params: BertParams;
  readonly wordPiece: WordPiece;
  /** Pieces of a text that are read, the special ones included; the first ones. */
  readonly maxLength: number;
  readonly pooling: SentencePooling;
  /** Vectors are brought to length 1. */
  readonly isUnit: boolean;
  /** Says from which files and settings its vectors come: equal only where they are equal. Hex. */
  readonly fingerprint: string;
}

/**
 * Load a text encoder from its folder: a sentence model (with `modules.json`), or any BERT.
 *
 * A sentence model says itself how it pools and how much it reads. A plain BERT is pooled by the mean, brought to length 1, and reads
 * as much as it has positions for, at most 512 pieces: vectors of a model that was not trained for sentences say less.
 *
 * @param trainable as for `loadBert`
 * @throws InputError when a file is missing or damaged, or the model has a part that is not known here
 * @source Reimers & Gurevych, "Sentence-BERT: Sentence Embeddings using Siamese BERT-Networks", EMNLP 2019, section 3 (pooling).
 */
export function loadSentenceModel(
  folder: string,
  { trainable = false }: { readonly trainable?: boolean } = {},
): SentenceModel {
  const { pooling, isUnit, limit } = readModules(folder);
  const wordPiece = readWordPiece(folder);
  const { config, params } = loadBert(folder, { trainable });
  if (wordPiece.size > config.vocabularySize) {
    throw new InputError(
      `the tokenizer has ${wordPiece.size} pieces and the model ${config.vocabularySize}.`,
      'Take both from one model.',
      { file: folder },
    );
  }
  const maxLength = Math.min(limit, config.maxLength);
  const settings = JSON.stringify([config, maxLength, pooling, isUnit]);
  return {
    config,
    params,
    wordPiece,
    maxLength,
    pooling,
    isUnit,
    fingerprint: fingerprintOf(folder, settings),
  };
}

/** The parts of a sentence model, after its encoder. */
function readModules(folder: string): {
  readonly pooling: SentencePooling;
  readonly isUnit: boolean;
  readonly limit: number;
} {
  const file = join(folder, 'modules.json');
  if (!existsSync(file)) return { pooling: 'mean', isUnit: true, limit: 512 };
  const remedy = 'Take a model of encoder, pooling and, if need be, normalisation.';
  const modules = Object.values(readList(file)) as { readonly type?: string; readonly path?: string }[];
  const kinds = modules.map(({ type = '' }) => type.split('.').at(-1)!);
  const other = kinds.find((kind) => !['Transformer', 'Pooling', 'Normalize'].includes(kind));
  if (other !== undefined || kinds[0] !== 'Transformer' || kinds[1] !== 'Pooling') {
    throw new InputError(`its parts are ${kinds.join(', ')}.`, remedy, { file });
  }
  const poolingFile = join(folder, modules[1]!.path ?? '1_Pooling', 'config.json');
  const settings = readSettings(poolingFile);
  const chosen = Object.entries(settings).filter(
    ([name, on]) => name.startsWith('pooling_mode_') && on === true,
  );
  const ways: Readonly<Record<string, SentencePooling>> = {
    pooling_mode_mean_tokens: 'mean',
    pooling_mode_cls_token: 'cls',
    pooling_mode_max_tokens: 'max',
  };
  const pooling = chosen.length === 1 ? ways[chosen[0]![0]] : undefined;
  if (!pooling) {
    throw new InputError(
      `it pools by ${chosen.map(([name]) => name).join(', ') || 'nothing known'}.`,
      'Take a model that pools by mean, cls or max.',
      { file: poolingFile },
    );
  }
  const readsFile = join(folder, 'sentence_bert_config.json');
  const reads = existsSync(readsFile) ? readSettings(readsFile)['max_seq_length'] : undefined;
  return {
    pooling,
    isUnit: kinds.includes('Normalize'),
    limit: typeof reads === 'number' ? reads : 512,
  };
}

function readList(file: string): readonly unknown[] {
  try {
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (Array.isArray(value)) return value;
  } catch (error) {
    throw new InputError(`this cannot be read (${(error as Error).message}).`, 'Fetch the model again.', {
      file,
    });
  }
  throw new InputError('this is no list of modules.', 'Fetch the model again.', { file });
}

/** sha256 over the files that vectors depend on, and the settings. */
function fingerprintOf(folder: string, settings: string): string {
  const hash = createHash('sha256').update(settings);
  const buffer = Buffer.alloc(1 << 20);
  for (const name of ['model.safetensors', 'tokenizer.json', 'vocab.txt', 'tokenizer_config.json']) {
    const file = join(folder, name);
    if (!existsSync(file)) continue;
    hash.update(`\n${name}\n`);
    const handle = openSync(file, 'r');
    try {
      for (let read = 1; read > 0;) {
        read = readSync(handle, buffer);
        hash.update(buffer.subarray(0, read));
      }
    } finally {
      closeSync(handle);
    }
  }
  return hash.digest('hex');
}

/** Texts as a batch, padded to the longest. The caller disposes its tensors. */
export function textBatch(
  { wordPiece, maxLength }: Pick<SentenceModel, 'wordPiece' | 'maxLength'>,
  texts: readonly string[],
): BertBatch {
  return paddedBatch(texts.map((text) => wordPiece.encode(text, maxLength)));
}

function paddedBatch(rows: readonly Int32Array[]): BertBatch {
  const T = rows.reduce((most, { length }) => Math.max(most, length), 1);
  const tokens = new Int32Array(rows.length * T);
  const isReal = new Float32Array(rows.length * T);
  for (const [row, own] of rows.entries()) {
    tokens.set(own, row * T);
    isReal.fill(1, row * T, row * T + own.length);
  }
  const shape: [number, number] = [rows.length, T];
  return { tokens_BT: tf.tensor2d(tokens, shape, 'int32'), isReal_BT: tf.tensor2d(isReal, shape) };
}

/**
 * One vector a text, by the model's own pooling; within a training its gradient reaches every trainable weight.
 *
 * @param params the model's own, or others of its shapes (see `withLowRank`)
 * @returns `[B, D]`
 */
export function sentenceVectors(
  { config, pooling, isUnit }: Pick<SentenceModel, 'config' | 'pooling' | 'isUnit'>,
  params: BertWeights,
  batch: BertBatch,
  mode: Mode,
): tf.Tensor2D {
  return tf.tidy(() => {
    const hidden_BTD = bert(params, batch, config, mode);
    const [B, , D] = hidden_BTD.shape;
    const pooled_BD =
      pooling === 'cls'
        ? tf.reshape<tf.Rank.R2>(tf.slice(hidden_BTD, [0, 0, 0], [B, 1, D]), [B, D])
        : pool(hidden_BTD, batch.isReal_BT, pooling);
    if (!isUnit) return pooled_BD;
    const length_B1 = tf.sqrt(tf.sum(tf.square(pooled_BD), 1, true));
    return tf.div(pooled_BD, tf.maximum(length_B1, 1e-12));
  });
}

/** How texts are encoded. */
export interface EncodeTextsOptions {
  /** Pieces in a batch at most, padding included; one text more than fits is a batch of its own. Default 2048. */
  readonly batchPieces?: number;
  /** Texts done, of all. */
  readonly onProgress?: (done: number, all: number) => void;
  /** The rows of a batch as soon as they are there: for who keeps them. */
  readonly onBatch?: (rows: readonly number[], vectors: Float32Array) => void;
}

/**
 * Turn texts into vectors with a frozen model, without dropout: one row a text, in their order.
 *
 * Texts of about the same length share a batch, so that little is padding; the longest come first, so that memory that does not
 * suffice is known at once.
 *
 * @throws RangeError when `batchPieces` is no whole number from 1
 */
export function encodeTexts(
  model: SentenceModel,
  texts: readonly string[],
  { batchPieces = 2048, onProgress, onBatch }: EncodeTextsOptions = {},
): Matrix {
  if (!Number.isInteger(batchPieces) || batchPieces < 1) {
    throw new RangeError(`encodeTexts: batchPieces must be a whole number from 1, got ${batchPieces}`);
  }
  const { width } = model.config;
  const values = new Float32Array(texts.length * width);
  const rows = texts.map((text) => model.wordPiece.encode(text, model.maxLength));
  const order = [...rows.keys()].sort((a, b) => rows[b]!.length - rows[a]!.length || a - b);
  for (let start = 0; start < order.length;) {
    const size = Math.max(1, Math.floor(batchPieces / rows[order[start]!]!.length));
    const chosen = order.slice(start, start + size);
    const vectors = tf.tidy(() => {
      const batch = paddedBatch(chosen.map((row) => rows[row]!));
      return sentenceVectors(model, model.params, batch, inference).dataSync<'float32'>();
    });
    for (const [at, row] of chosen.entries()) {
      values.set(vectors.subarray(at * width, (at + 1) * width), row * width);
    }
    start += chosen.length;
    onBatch?.(chosen, vectors);
    onProgress?.(start, order.length);
  }
  return matrix(texts.length, width, values);
}
