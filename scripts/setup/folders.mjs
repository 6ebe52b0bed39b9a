// Where things stand: the project, its working files and the cache folder that projects share.
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const projectFolder = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..');

/**
 * The cache folder: `BEHAVIOR_LAB_CACHE`, or the user's cache directory. The same rule as lib/data/cache-folder.ts.
 *
 * @param {NodeJS.ProcessEnv} [env]
 * @param {string} [platform]
 */
export function cacheFolder(env = process.env, platform = process.platform) {
  if (env.BEHAVIOR_LAB_CACHE) return path.resolve(env.BEHAVIOR_LAB_CACHE);
  if (platform === 'darwin') return path.join(os.homedir(), 'Library', 'Caches', 'behavior-lab');
  return path.join(env.XDG_CACHE_HOME || path.join(os.homedir(), '.cache'), 'behavior-lab');
}

/**
 * @param {string} project
 * @param {string} name
 */
export function recordFile(project, name) {
  return path.join(project, '.lab', 'setup', `${name}.json`);
}
