import { mkdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../../base/errors';
import { checksumOf } from './checksum';
import type { DataSource } from './source';
import { filesOf, recordName, type SourceRecord } from './source-folder';

/**
 * Make sure that all files of a set are in a folder, write its record there, and move it to its place in one step.
 *
 * @throws InputError when a file is missing
 */
export async function placeSource(
  work: string,
  folder: string,
  source: DataSource,
  how: Pick<SourceRecord, 'from' | 'checked'>,
): Promise<void> {
  const names = filesOf(work);
  const missing = source.holds.filter((name) => !names.includes(name));
  if (missing.length > 0)
    throw new InputError(
      `${missing.join(', ')} ${missing.length > 1 ? 'are' : 'is'} not in what was given; there is ${names.slice(0, 8).join(', ')}.`,
      'Check that this is the archive of the set, and all of it.',
    );
  const files = [];
  for (const name of names) {
    const file = join(work, name);
    files.push({ name, bytes: statSync(file).size, sha256: await checksumOf(file, 'sha256') });
  }
  const record: SourceRecord = {
    name: source.name,
    ...how,
    terms: source.terms.text,
    files,
    fetchedAt: new Date().toISOString(),
  };
  writeFileSync(join(work, recordName), `${JSON.stringify(record, null, 2)}\n`);
  mkdirSync(join(folder, '..'), { recursive: true });
  // What stands there was made here and is no longer whole.
  rmSync(folder, { recursive: true, force: true });
  renameSync(work, folder);
}
