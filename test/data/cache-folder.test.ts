import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { cacheFolder } from '../../lib/data/cache-folder';

it('takes the folder that is named, else the user cache of the system', () => {
  expect(cacheFolder({ BEHAVIOR_LAB_CACHE: 'here' })).toBe(resolve('here'));
  expect(cacheFolder({ BEHAVIOR_LAB_CACHE: '/a', XDG_CACHE_HOME: '/b' })).toBe('/a');
  expect(cacheFolder({ XDG_CACHE_HOME: '/b' })).toBe(join('/b', 'behavior-lab'));
  expect(cacheFolder({ BEHAVIOR_LAB_CACHE: '' })).toBe(join(homedir(), '.cache', 'behavior-lab'));
});
