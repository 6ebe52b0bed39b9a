import { existsSync } from 'node:fs';
import { join } from 'node:path';

const folder = process.env['BEHAVIOR_LAB_DATA'] ?? join(__dirname, '..', '..', '..', 'shared', 'data');

/** A file of the data for development, or `null` where it is absent; tests that need one then skip. */
export function sharedData(path: string): string | null {
  const file = join(folder, path);
  return existsSync(file) ? file : null;
}
