import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { rowOf } from '../../../lib/base/matrix';
import { createRng } from '../../../lib/base/random';
import { disposeTree, leaves, trainableLeaves } from '../../../lib/base/tree';
import { findData } from '../../../lib/data/find-data';
import { bert, bertDefaults, initBert } from '../../../lib/encoders/bert';
import { loadBert, readBertConfig } from '../../../lib/experiments/text/load-bert';
import {
  encodeTexts,
  loadSentenceModel,
  sentenceVectors,
  textBatch,
  type SentenceModel,
  type SentencePooling,
} from '../../../lib/experiments/text/sentence-model';
import { startBackend } from '../../../lib/nn/backend';
import { inference, trainingMode } from '../../../lib/nn/mode';
import { readTensors, writeTensors } from '../../../lib/training/safetensors';
import { projectRoot, readProjectFile } from '../../lib-files';

beforeAll(async () => {
  await startBackend();
});

/** A BERT of random weights with Chinese characters in its vocabulary; made by data/tiny-bert/make.py with its golden values. */
const tiny = join(projectRoot, 'data', 'tiny-bert');

interface Golden {
  readonly texts: readonly string[];
  readonly vectors: readonly (readonly number[])[];
}
const goldenOf = <Of>(name: string): Of => JSON.parse(readProjectFile(`test/experiments/text/${name}`)) as Of;
const golden = goldenOf<{ texts: string[]; vectors: Record<SentencePooling, number[][]> }>(
  'tiny-bert-golden.json',
);

/** Largest difference of a number, and smallest cosine, over all texts. */
function compare(model: SentenceModel, { texts, vectors }: Golden): { apart: number; cosine: number } {
  const ours = encodeTexts(model, texts);
  let [apart, cosine] = [0, 1];
  for (const [row, theirs] of vectors.entries()) {
    const own = rowOf(ours, row);
    const dot = theirs.reduce((sum, value, at) => sum + value * own[at]!, 0);
    const length = Math.hypot(...theirs) * Math.hypot(...own);
    apart = theirs.reduce((most, value, at) => Math.max(most, Math.abs(value - own[at]!)), apart);
    cosine = Math.min(cosine, dot / length);
  }
  return { apart, cosine };
}

/** A copy of the tiny model to change. */
function copied(change: (folder: string) => void): string {
  const folder = mkdtempSync(join(tmpdir(), 'bert-'));
  cpSync(tiny, folder, { recursive: true });
  change(folder);
  return folder;
}

const editJson = (file: string, more: Readonly<Record<string, unknown>>): void =>
  writeFileSync(file, JSON.stringify({ ...(JSON.parse(readFileSync(file, 'utf8')) as object), ...more }));

/** The tensors of the model under other names, with others, or with some left out. */
function renamed(
  folder: string,
  rename: (name: string) => string | null,
  more: [string, { shape: number[]; values: Float32Array }][] = [],
): void {
  const file = join(folder, 'model.safetensors');
  const { tensors } = readTensors(file);
  const kept = [...tensors].flatMap(([name, tensor]) => {
    const other = rename(name);
    return other === null ? [] : [[other, tensor] as const];
  });
  writeTensors(file, { tensors: new Map([...kept, ...more]), metadata: {} });
}

describe('a BERT of random weights with a Chinese vocabulary', () => {
  it('gives the vectors that sentence-transformers gives: empty, too long, accents, unknown, Chinese', () => {
    const { apart, cosine } = compare(loadSentenceModel(tiny), {
      texts: golden.texts,
      vectors: golden.vectors.mean,
    });
    expect(cosine).toBeGreaterThan(0.999999);
    expect(apart).toBeLessThan(1e-6);
  });

  it.each(['mean', 'cls', 'max'] as const)('pools by %s where its modules say so', (pooling) => {
    const folder = copied((at) => {
      const modules = ['Transformer', 'Pooling', 'Normalize'].map((kind, index) => ({
        path: index === 0 ? '' : `${index}_${kind}`,
        type: `sentence_transformers.models.${kind}`,
      }));
      writeFileSync(join(at, 'modules.json'), JSON.stringify(modules));
      mkdirSync(join(at, '1_Pooling'));
      const name = pooling === 'cls' ? 'pooling_mode_cls_token' : `pooling_mode_${pooling}_tokens`;
      writeFileSync(
        join(at, '1_Pooling', 'config.json'),
        JSON.stringify({ [name]: true, pooling_mode_x: false }),
      );
    });
    const model = loadSentenceModel(folder);
    expect(model.pooling).toBe(pooling);
    const { apart } = compare(model, { texts: golden.texts, vectors: golden.vectors[pooling] });
    expect(apart).toBeLessThan(1e-6);
    writeFileSync(join(folder, '1_Pooling', 'config.json'), '{"pooling_mode_weightedmean_tokens":true}');
    expect(() => loadSentenceModel(folder)).toThrow(/it pools by pooling_mode_weightedmean_tokens/);
    editJson(join(folder, '1_Pooling', 'config.json'), { pooling_mode_mean_tokens: true });
    expect(() => loadSentenceModel(folder)).toThrow(/it pools by/);
  });

  it('is the same without the prefix `bert.`, with old names of layer norms, without heads, in 32 bits', () => {
    const { params, unused } = loadBert(tiny);
    expect(unused.length).toBeGreaterThan(0);
    expect(unused.every((name) => name.startsWith('cls.'))).toBe(true);
    const plain = loadBert(
      copied((folder) =>
        renamed(folder, (name) => (name.startsWith('cls.') ? null : name.replace(/^bert\./, '')), [
          ['pooler.dense.bias', { shape: [16], values: new Float32Array(16) }],
        ]),
      ),
    );
    expect(plain.unused).toEqual(['pooler.dense.bias']);
    const old = loadBert(
      copied((folder) =>
        renamed(folder, (name) =>
          name.replace(/LayerNorm\.weight$/, 'LayerNorm.gamma').replace(/LayerNorm\.bias$/, 'LayerNorm.beta'),
        ),
      ),
    );
    for (const [index, [path, leaf]] of leaves(params).entries()) {
      for (const other of [plain, old]) {
        expect(leaves(other.params)[index]![0]).toBe(path);
        expect(leaves(other.params)[index]![1].dataSync(), path).toEqual(leaf.dataSync());
      }
    }
  });

  it('is refused by name when a tensor is missing, of another shape, or unknown', () => {
    const lacking = copied((folder) => {
      renamed(folder, (name) => (name.endsWith('1.output.dense.bias') ? null : name), [
        ['encoder.layer.2.output.dense.bias', { shape: [16], values: new Float32Array(16) }],
      ]);
      editJson(join(folder, 'config.json'), { max_position_embeddings: 25 });
    });
    expect(() => loadBert(lacking)).toThrow(
      /encoder\.layer\.1\.output\.dense\.bias is missing; encoder\.layer\.2\.output\.dense\.bias is not part of a bert; embeddings\.position_embeddings\.weight is \[24, 16\] there and \[25, 16\] by config\.json\. Fetch the model again/,
    );
    const cut = copied((folder) => {
      const file = join(folder, 'model.safetensors');
      writeFileSync(file, readFileSync(file).subarray(0, 9000));
    });
    expect(() => loadBert(cut)).toThrow(
      /incomplete; the file is damaged or was cut off\. Fetch the model again/,
    );
    expect(() => loadBert(copied((folder) => rmSync(join(folder, 'model.safetensors'))))).toThrow(
      /the weights cannot be read .*Fetch the model again/,
    );
  });

  it.each([
    [{ model_type: 'roberta' }, /the model is a roberta, not a bert/],
    [{ position_embedding_type: 'relative_key' }, /its positions are relative_key, not absolute/],
    [{ is_decoder: true }, /reads in one direction/],
    [{ hidden_act: 'swish' }, /its activation swish is not known/],
    [{ num_attention_heads: 3 }, /3 heads do not divide the width 16/],
    [{ hidden_size: '16' }, /hidden_size must be a number from 1, got 16/],
  ])('is refused when config.json says %o', (more, why) => {
    const folder = copied((at) => editJson(join(at, 'config.json'), more));
    expect(() => readBertConfig(folder)).toThrow(why);
  });

  it('is refused with a tokenizer of another model', () => {
    const folder = copied((at) => {
      const file = join(at, 'vocab.txt');
      writeFileSync(file, `${readFileSync(file, 'utf8')}more\n`);
    });
    expect(() => loadSentenceModel(folder)).toThrow(/the tokenizer has 158 pieces and the model 157/);
  });

  it('has a fingerprint that changes with weights, tokenizer and settings, and not with the folder', () => {
    const of = (change: (folder: string) => void): string => loadSentenceModel(copied(change)).fingerprint;
    const own = loadSentenceModel(tiny).fingerprint;
    expect(of(() => {})).toBe(own);
    const others = [
      of((at) => editJson(join(at, 'tokenizer_config.json'), { do_lower_case: false })),
      of((at) => editJson(join(at, 'config.json'), { layer_norm_eps: 1e-5 })),
      of((at) => renamed(at, (name) => name)),
    ];
    expect(new Set([own, ...others]).size).toBe(4);
  });

  it('gives a text the same vector alone and among others, in batches of any size, in the order of the texts', () => {
    const model = loadSentenceModel(tiny);
    const all = encodeTexts(model, golden.texts);
    const told: number[][] = [];
    const few = encodeTexts(model, golden.texts, {
      batchPieces: 30,
      onProgress: (done, of) => told.push([done, of]),
    });
    expect(told.length).toBeGreaterThan(2);
    expect(told.at(-1)).toEqual([6, 6]);
    for (const [at, value] of all.values.entries()) expect(few.values[at]!).toBeCloseTo(value, 5);
    expect(encodeTexts(model, []).values.length).toBe(0);
    expect(() => encodeTexts(model, ['a'], { batchPieces: 0 })).toThrow('batchPieces must be');
  });

  it('is frozen unless it is asked for otherwise', () => {
    expect(trainableLeaves(loadBert(tiny).params)).toEqual([]);
    const { params } = loadBert(tiny, { trainable: true });
    expect(trainableLeaves(params).length).toBe(leaves(params).length);
    expect(leaves(params).length).toBe(5 + 2 * 12);
  });
});

describe('the BERT text encoder', () => {
  const config = {
    ...bertDefaults,
    vocabularySize: 9,
    maxLength: 5,
    width: 8,
    numBlocks: 2,
    numHeads: 2,
    feedForwardWidth: 12,
  };
  const batch = (rows: number[][]) => ({
    tokens_BT: tf.tensor2d(rows, undefined, 'int32'),
    isReal_BT: tf.tensor2d(rows.map((row) => row.map((token) => Number(token > 0)))),
  });

  it('reads in both directions, knows the order, and is not changed by padding', () => {
    const params = initBert(config, createRng(1));
    const read = (rows: number[][]): tf.Tensor3D => bert(params, batch(rows), config, inference);
    const first = (rows: number[][]): number[] =>
      Array.from(read(rows).slice([0, 0, 0], [1, 1, 8]).dataSync());
    expect(first([[1, 2, 3]])).not.toEqual(first([[1, 2, 4]]));
    expect(first([[1, 2, 3]])).not.toEqual(first([[1, 3, 2]]));
    const padded = first([
      [1, 2, 3, 0, 0],
      [4, 5, 6, 7, 8],
    ]);
    for (const [at, value] of first([[1, 2, 3]]).entries()) expect(padded[at]!).toBeCloseTo(value, 5);
    expect(() => read([[1, 2, 3, 4, 5, 6]])).toThrow('bert: at most 5 pieces can be read, got 6');
    expect(() => initBert({ ...config, numHeads: 3 }, createRng(1))).toThrow(
      'numHeads must divide the width 8',
    );
  });

  it('has the gradient that finite differences have, and dropout while training only', () => {
    const params = initBert({ ...config, dropoutRate: 0, attentionDropoutRate: 0 }, createRng(2));
    const parts = { config: { ...config, dropoutRate: 0 }, pooling: 'mean', isUnit: true } as const;
    const rows = batch([
      [1, 2, 3, 4],
      [5, 6, 0, 0],
    ]);
    const value = (): tf.Scalar =>
      tf.tidy(() => {
        const vectors = sentenceVectors(parts, params, rows, inference);
        const weights = tf.tensor2d(
          Array.from({ length: 16 }, (_, at) => Math.sin(1 + at)),
          [2, 8],
        );
        return tf.sum(tf.mul(vectors, weights));
      });
    const { grads } = tf.variableGrads(value);
    const all = leaves(params);
    for (const [path, leaf] of all) {
      const start = leaf.dataSync().slice();
      // Of the tables a row that is read: token 2, place 1, kind 0.
      const place = path === 'tokens' ? 17 : path === 'positions.table' ? 9 : path === 'tokenTypes' ? 1 : 3;
      const at = (by: number): number => {
        const moved = start.slice();
        moved[place] = moved[place]! + by;
        tf.tidy(() => leaf.assign(tf.tensor(moved, leaf.shape)));
        return value().dataSync()[0]!;
      };
      const slope = (at(2e-3) - at(-2e-3)) / 4e-3;
      tf.tidy(() => leaf.assign(tf.tensor(start, leaf.shape)));
      const gradient = grads[leaf.name]!.dataSync()[place]!;
      expect(Math.abs(gradient - slope), path).toBeLessThan(2e-3 + 0.02 * Math.abs(slope));
    }
    const dropped = { ...config, dropoutRate: 0.5, attentionDropoutRate: 0.5 };
    const mode = trainingMode(1, 1);
    expect(bert(params, rows, dropped, mode).dataSync()).not.toEqual(
      bert(params, rows, dropped, inference).dataSync(),
    );
    disposeTree(params);
  });
});

const miniLm = findData(['all-minilm-l6-v2/model.safetensors']);

describe.skipIf(miniLm === null)(
  'all-MiniLM-L6-v2 (skipped until `npm run data -- all-minilm-l6-v2`)',
  () => {
    const ofMiniLm = goldenOf<Golden & { ids: [string, number[]][] }>('all-minilm-golden.json');

    it('gives the vectors that sentence-transformers 6.2.0 with torch 2.15.0 gives, and cuts texts as tokenizers does', () => {
      const model = loadSentenceModel(join(miniLm!, '..'));
      expect([model.maxLength, model.pooling, model.isUnit]).toEqual([256, 'mean', true]);
      const { apart, cosine } = compare(model, ofMiniLm);
      expect(cosine).toBeGreaterThan(0.999999);
      expect(apart).toBeLessThan(2e-6);
      for (const [text, ids] of ofMiniLm.ids) {
        expect(Array.from(model.wordPiece.encode(text, 256)).slice(1, -1), text).toEqual(ids);
      }
      disposeTree(model.params);
    });

    it('finds a paraphrase nearer than another subject', () => {
      const model = loadSentenceModel(join(miniLm!, '..'));
      const batch = textBatch(model, ['wireless earphones', 'bluetooth headphones', 'a history of Rome']);
      const vectors = sentenceVectors(model, model.params, batch, inference);
      const cosines = tf.matMul(vectors, vectors, false, true).arraySync() as number[][];
      expect(cosines[0]![1]!).toBeGreaterThan(cosines[0]![2]! + 0.3);
      disposeTree(model.params);
    });
  },
);
