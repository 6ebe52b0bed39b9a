import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../base/errors';
import { matrix, type Matrix } from '../base/matrix';
import { replaceFile } from '../base/replace-file';
import type { EncoderConfig } from '../encoders/encoder';
import type { SideCodes } from '../preprocessing/side/side-columns';
import { restoreVocabulary } from '../preprocessing/vocabulary';
import { loadWeights, saveWeights } from '../training/checkpoint';
import { isEncoderName, type EncoderName, type EncoderSettings } from './encoder-catalogue';
import type { ModelSide } from './model-side';
import { createModel, type SequenceModel } from './sequence-model';

/** What stands in `config.json`. */
interface SavedConfig {
  readonly encoder: string;
  readonly length: number;
  readonly config: EncoderConfig;
  /** What the model knows beside items; its codes stand in a file of their own. */
  readonly side?: Omit<ModelSide, 'codes'>;
  /** Absent where there is none. */
  readonly attentionPooling?: boolean;
}

/** Write JSON so that a reader sees the old file or the new one, never half of one. */
export function writeJson(file: string, value: unknown): void {
  replaceFile(file, [Buffer.from(`${JSON.stringify(value, null, 2)}\n`)]);
}

/** Read JSON. @throws InputError when the file is missing or damaged */
export function readJson(file: string, remedy: string): unknown {
  if (!existsSync(file)) throw new InputError('there is no such file.', remedy, { file });
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new InputError(`this is not JSON (${(error as Error).message}).`, remedy, { file });
  }
}

/** Save a model so that it can be used without its training data: settings, vocabulary, codes of what it reads beside items, weights. */
export function saveModel(folder: string, model: SequenceModel): void {
  mkdirSync(folder, { recursive: true });
  const { encoder, length, config, side } = model;
  const { codes, ...plain } = side ?? {};
  const attentionPooling = model.params.attentionPooling !== undefined;
  writeJson(join(folder, 'config.json'), {
    encoder,
    length,
    config,
    ...(attentionPooling && { attentionPooling }),
    ...(side && { side: plain as Omit<ModelSide, 'codes'> }),
  } satisfies SavedConfig);
  if (codes) writeJson(join(folder, 'codes.json'), codes);
  writeJson(join(folder, 'vocabulary.json'), model.vocabulary.itemIds);
  saveWeights(join(folder, 'weights.safetensors'), model.params, { encoder });
}

/**
 * Load a saved model.
 *
 * @param expected the encoder that it must have, for those who look into its weights; default any
 * @throws InputError when a file is missing, damaged, or belongs to another model
 */
export function loadModel<Name extends EncoderName = EncoderName>(
  folder: string,
  expected?: Name,
): SequenceModel<Name> {
  const remedy = 'Name the folder of a finished run (npm run experiment writes one).';
  const file = join(folder, 'config.json');
  const saved = readJson(file, remedy);
  if (!isSavedConfig(saved)) {
    throw new InputError('this does not describe a model (encoder, length, config with numItems).', remedy, {
      file,
    });
  }
  if (!isEncoderName(saved.encoder)) {
    throw new InputError(`the encoder '${saved.encoder}' is not known here.`, 'Update the project.', {
      file,
    });
  }
  if (expected !== undefined && saved.encoder !== expected) {
    throw new InputError(`the model is a ${saved.encoder}, not a ${expected}.`, 'Name another folder.', {
      file,
    });
  }
  const ids = readJson(join(folder, 'vocabulary.json'), remedy);
  if (!Array.isArray(ids) || ids.length !== saved.config.numItems) {
    throw new InputError(
      `the vocabulary does not hold the ${saved.config.numItems} items of config.json.`,
      remedy,
      {
        file: join(folder, 'vocabulary.json'),
      },
    );
  }
  const { length, attentionPooling = false } = saved;
  const encoder = saved.encoder as Name;
  const config = saved.config as unknown as EncoderSettings<Name>;
  const side = saved.side && {
    side: { ...saved.side, codes: readJson(join(folder, 'codes.json'), remedy) as SideCodes },
  };
  let model: SequenceModel<Name>;
  try {
    const { textWidth } = saved.config as { readonly textWidth?: number };
    model = createModel(restoreVocabulary(ids as string[]), {
      encoder,
      length,
      seed: 0,
      config,
      attentionPooling,
      // Their place: they are loaded with the weights.
      ...(textWidth !== undefined && { itemTexts: zeros(ids.length, textWidth) }),
      ...side,
    });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new InputError(`config.json and vocabulary.json describe no model (${error.message}).`, remedy, {
      file: folder,
    });
  }
  loadWeights(join(folder, 'weights.safetensors'), model.params);
  return model;
}

function zeros(rows: number, columns: number): Matrix {
  if (Number.isInteger(columns) && columns > 0)
    return matrix(rows, columns, new Float32Array(rows * columns));
  throw new RangeError(`textWidth must be a whole number from 1, got ${columns}`);
}

function isSavedConfig(value: unknown): value is SavedConfig {
  const { encoder, length, config } = (value ?? {}) as Partial<SavedConfig>;
  return (
    typeof encoder === 'string' &&
    Number.isInteger(length) &&
    typeof config === 'object' &&
    config !== null &&
    Number.isInteger(config.numItems)
  );
}
