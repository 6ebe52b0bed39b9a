import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from './cache-folder';

/**
 * Find a file of a data set that is no part of this repository.
 *
 * Looked for in the folder `BEHAVIOR_LAB_DATA` (default `../shared/data` beside the project), then among the sets that
 * `npm run data` has put into the cache folder.
 *
 * @param paths within these folders; the first that is there counts
 * @returns its path, or `null` when none is there
 */
export function findData(
  paths: readonly string[],
  env: Readonly<Record<string, string | undefined>> = process.env,
): string | null {
  const folders = [env['BEHAVIOR_LAB_DATA'] ?? join('..', 'shared', 'data'), join(cacheFolder(env), 'data')];
  const files = paths.flatMap((path) => folders.map((folder) => join(folder, path)));
  return files.find((file) => existsSync(file)) ?? null;
}
