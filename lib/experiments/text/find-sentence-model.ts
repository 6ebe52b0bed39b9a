import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { InputError } from '../../base/errors';
import { findData } from '../../data/find-data';

/**
 * The folder of a text encoder: one that is named by its path, or one that `npm run data` has fetched, by its name.
 *
 * @throws InputError when neither is there
 */
export function findSentenceModel(name: string): string {
  if (existsSync(join(name, 'config.json'))) return name;
  const fetched = findData([join(name, 'config.json')]);
  if (fetched !== null) return dirname(fetched);
  throw new InputError(
    `there is no text encoder '${name}'.`,
    'Name the folder of a BERT (config.json, model.safetensors, vocab.txt), or all-minilm-l6-v2 after `npm run data -- all-minilm-l6-v2`.',
  );
}
