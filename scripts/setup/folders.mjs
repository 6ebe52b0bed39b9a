// Where things stand: the project, its working files and the cache folder that projects share.
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const projectFolder = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..');

/**
 * The cache folder: `BEHAVIOR_LAB_CACHE`, or `behavior-lab` in the user's cache directory. The same rule as
 * lib/data/cache-folder.ts, which is not built yet when this runs; a test compares the two.
 *
 * @param {NodeJS.ProcessEnv} [env]
 */
export function cacheFolder(env = process.env) {
  if (env.BEHAVIOR_LAB_CACHE) return path.resolve(env.BEHAVIOR_LAB_CACHE);
  return path.join(env.XDG_CACHE_HOME || path.join(os.homedir(), '.cache'), 'behavior-lab');
}

/**
 * @param {string} project
 * @param {string} name
 */
export function recordFile(project, name) {
  return path.join(project, '.lab', 'setup', `${name}.json`);
}
