import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { findData } from '../../lib/data/find-data';
import { temporaryFolder } from './temporary-folder';

it('looks in the folder of own data first, then among the sets in the cache, path by path', () => {
  const folder = dirname(temporaryFolder()('marker', ''));
  const env = { BEHAVIOR_LAB_DATA: join(folder, 'own'), BEHAVIOR_LAB_CACHE: join(folder, 'cache') };
  expect(findData(['set/a.csv', 'set/b.csv'], env)).toBeNull();
  const cached = join(folder, 'cache', 'data', 'set');
  mkdirSync(cached, { recursive: true });
  writeFileSync(join(cached, 'b.csv'), 'x');
  expect(findData(['set/a.csv', 'set/b.csv'], env)).toBe(join(cached, 'b.csv'));
  mkdirSync(join(folder, 'own', 'set'), { recursive: true });
  writeFileSync(join(folder, 'own', 'set', 'b.csv'), 'x');
  expect(findData(['set/a.csv', 'set/b.csv'], env)).toBe(join(folder, 'own', 'set', 'b.csv'));
  writeFileSync(join(cached, 'a.csv'), 'x');
  expect(findData(['set/a.csv', 'set/b.csv'], env)).toBe(join(cached, 'a.csv'));
});
