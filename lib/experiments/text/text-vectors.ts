import { createHash } from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../../base/errors';
import { matrix, type Matrix } from '../../base/matrix';
import { cacheFolder } from '../../data/cache-folder';
import { readTensors, writeTensors } from '../../training/safetensors';
import { encodeTexts, type EncodeTextsOptions, type SentenceModel } from './sentence-model';

/** Vectors of texts and how they came. */
export interface TextVectors {
  /** One row a text, in their order. */
  readonly vectors: Matrix;
  /** Different texts that were encoded now, and those that were there. */
  readonly encoded: number;
  readonly fromCache: number;
}

/** How texts are encoded and where their vectors are kept. */
export interface TextVectorsOptions extends Pick<EncodeTextsOptions, 'batchPieces' | 'onProgress'> {
  /** Default: `text-vectors` in the cache folder, which all clones share. */
  readonly folder?: string;
  /** Told in one sentence when a kept file is damaged and made anew. */
  readonly say?: (sentence: string) => void;
  /** Texts between two savings: what a killed process loses at most. Default 2000. */
  readonly saveEvery?: number;
}

/** Where the vectors of a model are kept: another model, tokenizer or pooling is another file. */
export const textVectorsFile = (
  folder: string,
  { fingerprint }: Pick<SentenceModel, 'fingerprint'>,
): string => join(folder, `${fingerprint.slice(0, 32)}.safetensors`);

/** A text by its sha256: 128 bits of it. */
const keyOf = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 32);

/**
 * Vectors of texts with a frozen model, encoded once: what was encoded before, by whichever clone or process, is read from disk.
 *
 * A file a model holds the vectors by the hash of their text, not the texts. It is written beside and renamed: a killed process loses
 * what it had not saved and damages nothing. Two at once do not hurt each other; of what both encode at the same time the later one
 * stays, and what is lost is encoded again.
 *
 * @throws InputError when the folder cannot be written
 */
export function textVectors(
  model: SentenceModel,
  texts: readonly string[],
  {
    folder = join(cacheFolder(), 'text-vectors'),
    say = () => {},
    saveEvery = 2000,
    ...options
  }: TextVectorsOptions = {},
): TextVectors {
  const { width } = model.config;
  const file = textVectorsFile(folder, model);
  const keys = texts.map(keyOf);
  const kept = readKept(file, width, say);
  const missing = new Map<string, string>();
  for (const [row, key] of keys.entries()) if (!kept.has(key)) missing.set(key, texts[row]!);
  const fromCache = new Set(keys).size - missing.size;
  if (missing.size > 0) {
    mkdirSync(folder, { recursive: true });
    const missingKeys = [...missing.keys()];
    let unsaved = 0;
    const save = (): void => {
      // Others may have added to the file meanwhile.
      write(file, width, new Map([...readKept(file, width, () => {}), ...kept]));
      unsaved = 0;
    };
    encodeTexts(model, [...missing.values()], {
      ...options,
      onBatch: (rows, vectors) => {
        for (const [at, row] of rows.entries()) {
          kept.set(missingKeys[row]!, vectors.slice(at * width, (at + 1) * width));
        }
        unsaved += rows.length;
        if (unsaved >= saveEvery) save();
      },
    });
    if (unsaved > 0) save();
  }
  const values = new Float32Array(texts.length * width);
  for (const [row, key] of keys.entries()) values.set(kept.get(key)!, row * width);
  return { vectors: matrix(texts.length, width, values), encoded: missing.size, fromCache };
}

/** What a file holds; nothing of one that is damaged. */
function readKept(file: string, width: number, say: (sentence: string) => void): Map<string, Float32Array> {
  if (!existsSync(file)) return new Map();
  try {
    const { tensors, metadata } = readTensors(file);
    const keys = JSON.parse(metadata['keys'] ?? '') as unknown;
    const vectors = tensors.get('vectors');
    if (Array.isArray(keys) && vectors?.shape.join() === [keys.length, width].join()) {
      const of = (row: number): Float32Array => vectors.values.subarray(row * width, (row + 1) * width);
      return new Map((keys as string[]).map((key, row) => [key, of(row)]));
    }
  } catch (error) {
    if (!(error instanceof InputError || error instanceof SyntaxError)) throw error;
  }
  say(`${file} is damaged: its vectors are made anew`);
  return new Map();
}

function write(file: string, width: number, kept: ReadonlyMap<string, Float32Array>): void {
  const values = new Float32Array(kept.size * width);
  let row = 0;
  for (const vector of kept.values()) values.set(vector, width * row++);
  writeTensors(file, {
    tensors: new Map([['vectors', { shape: [kept.size, width], values }]]),
    metadata: { keys: JSON.stringify([...kept.keys()]) },
  });
}
