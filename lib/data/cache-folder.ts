import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/**
 * The folder for what set-up fetches once and every checkout shares: data, native libraries.
 *
 * `BEHAVIOR_LAB_CACHE` if set, else `behavior-lab` under the user's cache
 * directory (`XDG_CACHE_HOME`, or `~/.cache`).
 */
export function cacheFolder(env: Readonly<Record<string, string | undefined>> = process.env): string {
  const chosen = env['BEHAVIOR_LAB_CACHE'];
  if (chosen) return resolve(chosen);
  return join(env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'behavior-lab');
}
