// Which notebooks there are, and what a name on the command line means.
import { existsSync, readdirSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { root } from './jupyter.mjs';

const folder = join(root, 'notebooks');

/** Every notebook of the project, in the order in which they are read: 00, 01, ... */
export function allNotebooks() {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith('.ipynb'))
    .sort()
    .map((name) => join(folder, name));
}

/**
 * The notebooks meant by `names`: '02', '02-encoder', '02-encoder.ipynb' or a path. No names: all of them.
 * They come in their order, each once.
 */
export function findNotebooks(names) {
  const all = allNotebooks();
  if (names.length === 0) {
    if (all.length === 0) throw new Error('notebooks/ holds no .ipynb file: there is nothing to run.');
    return all;
  }
  const found = names.flatMap((name) => {
    const matches = all.filter((file) => {
      const stem = basename(file, '.ipynb');
      return stem === basename(name, '.ipynb') || stem.startsWith(`${name}-`);
    });
    if (matches.length > 0 && !name.includes('/')) return matches;
    if (name.endsWith('.ipynb') && existsSync(name)) return [resolve(name)];
    const known = all.map((file) => basename(file, '.ipynb')).join(', ');
    throw new Error(`There is no notebook '${name}'. There are: ${known || 'none'}.`);
  });
  return [...new Set(found)].sort((a, b) => all.indexOf(a) - all.indexOf(b));
}
