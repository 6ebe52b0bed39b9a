import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from '../../../lib/data/cache-folder';
import { sourceFolder } from '../../../lib/data/sources/source-folder';

/** A file of a set that `npm run data -- NAME` or set-up fetched, or `null` where it is absent; tests that need one then skip. */
export function publishedData(name: string, path: string): string | null {
  const file = join(sourceFolder(cacheFolder(), name), path);
  return existsSync(file) ? file : null;
}
