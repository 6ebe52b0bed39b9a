import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { loadMovieLens100k, movieLens100kFiles, movieLens100kFolder } from '../../lib/data/movielens';
import { temporaryFolder } from './temporary-folder';

const isThere = existsSync(join(movieLens100kFolder(), 'ml-100k.inter'));

it.skipIf(!isThere)('MovieLens-100K has its published counts (needs the cache folder)', async () => {
  const { events, items, users, source, hasTimes } = await loadMovieLens100k();
  expect(events).toHaveLength(100_000);
  expect(items.size).toBe(1682);
  expect(users.size).toBe(943);
  expect(hasTimes).toBe(true);
  expect(source).toMatchObject({
    name: 'MovieLens-100K',
    sha256: movieLens100kFiles['ml-100k.inter'],
    rejected: [],
  });
  expect(events[0]).toEqual({
    userId: '196',
    behavior: 'rate',
    itemId: '242',
    query: null,
    timeMs: Date.UTC(1997, 11, 4, 15, 55, 49),
    rating: 3,
    row: 2,
  });
  expect(items.get('1')).toEqual({
    title: 'Toy Story',
    categories: ['Animation', "Children's", 'Comedy'],
    year: 1995,
  });
  expect(items.get('267')?.year).toBeNull();
  expect(users.get('1')?.profile).toEqual({
    age: '24',
    gender: 'M',
    occupation: 'technician',
    zip_code: '85711',
  });
  // Counts of gender from the README of MovieLens-100K: 670 men, 273 women.
  expect([...users.values()].filter(({ profile }) => profile['gender'] === 'F')).toHaveLength(273);
});

it('says how to get the files where they are not', async () => {
  await expect(loadMovieLens100k('/nowhere')).rejects.toThrow(/not there yet\. Run `npm run setup`\./);
});

it('refuses a file that differs from its checksum', async () => {
  const file = temporaryFolder()('ml-100k.inter', 'user_id:token\titem_id:token\n1\t2\n');
  await expect(loadMovieLens100k(dirname(file))).rejects.toThrow(/differs from its published checksum/);
});
