import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '../base/errors';
import { cacheFolder } from './cache-folder';
import type { EventLog } from './event';
import { readRecbole } from './read-recbole';

/** sha256 of the three files of MovieLens-100K as the Python package recbole 1.2.1 ships them. */
export const movieLens100kFiles = {
  'ml-100k.inter': '4edb74e2a81178c2ba9ff381495f754f996c4aea351b1272ca36b43da0935eff',
  'ml-100k.item': '51d7cdf777ce5c0f5b32c1d947a4a81fe07d75e78abbe761e0cd4d0756064532',
  'ml-100k.user': '4f670007d9cfbeb9807e757209af1555b9bcc186bde25e767f67cb67c6dd5972',
} as const;

/** The folder set-up puts MovieLens-100K in. */
export function movieLens100kFolder(): string {
  return join(cacheFolder(), 'data', 'ml-100k');
}

/**
 * MovieLens-100K: 100,000 ratings of 1,682 films by 943 people, 1997-09-20 to 1998-04-22, with titles, genres and profiles.
 *
 * Every file is compared with its checksum first. On average 49 % of a user's
 * events share the time of the one before: the order of equal times, which is
 * the order of the file, decides what the test items are.
 *
 * @throws InputError when set-up has not put the files there, or one differs from its checksum
 * @source Harper & Konstan, "The MovieLens Datasets: History and Context", ACM TiiS 5(4), 2015.
 */
export async function loadMovieLens100k(folder: string = movieLens100kFolder()): Promise<EventLog> {
  for (const [name, sha256] of Object.entries(movieLens100kFiles)) {
    const file = join(folder, name);
    const bytes = await readFile(file).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
      throw new InputError('MovieLens-100K is not there yet.', 'Run `npm run setup`.', { file });
    });
    if (createHash('sha256').update(bytes).digest('hex') !== sha256) {
      const remedy = 'Delete it and run `npm run setup`.';
      throw new InputError('the file differs from its published checksum.', remedy, { file });
    }
  }
  const log = await readRecbole(join(folder, 'ml-100k.inter'), { behavior: 'rate', timeUnit: 's' });
  return { ...log, source: { ...log.source, name: 'MovieLens-100K' } };
}
