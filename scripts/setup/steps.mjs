// The steps of set-up, in order, and how one is carried out.
import fs from 'node:fs';
import path from 'node:path';
import { buildLibrary } from './build-library.mjs';
import { kernelspec } from './kernelspec.mjs';
import { movielens } from './movielens.mjs';
import { nativeLibrary } from './native-library.mjs';
import { npmPackages } from './npm-packages.mjs';
import { oneAtATime } from './one-at-a-time.mjs';
import { pythonEnvironment } from './python-environment.mjs';

/**
 * What every step is given.
 *
 * @typedef {object} Context
 * @property {string} project folder of the project
 * @property {string} cache folder that clones share
 * @property {'linux-x64' | 'linux-arm64' | 'darwin-arm64'} platform
 * @property {boolean} gpu take the CUDA build
 * @property {boolean} retry try again what ended in a fallback
 * @property {any} pins scripts/setup/pins.json
 * @property {NodeJS.ProcessEnv} env
 * @property {import('./reporter.mjs').Reporter} reporter
 */

/**
 * @typedef {object} Step
 * @property {string} name for --only
 * @property {string} title
 * @property {boolean} [usesCache] writes into the cache folder that clones share
 * @property {(context: Context) => boolean} isDone is the result there, whole, and made from what is there now? No network, no waiting
 * @property {(context: Context) => Promise<string>} run makes it; answers with a detail for the report
 */

/** @type {readonly Step[]} */
export const steps = [npmPackages, pythonEnvironment, nativeLibrary, movielens, kernelspec, buildLibrary];

/**
 * Carry out those steps that need it.
 *
 * @param {Context} context
 * @param {readonly Step[]} wanted
 * @returns {Promise<number>} how many were carried out
 */
export async function carryOut(context, wanted) {
  if (wanted.every((step) => step.isDone(context))) return 0;
  const { project, cache, reporter } = context;
  /** @param {string} what */
  const waiting = (what) => (/** @type {number} */ holder) =>
    reporter.line(`Another set-up (process ${holder}) is writing ${what}; waiting for it.`);
  return oneAtATime(path.join(project, '.lab', 'setup', 'lock'), waiting('this project'), async () => {
    let count = 0;
    for (const step of wanted) {
      if (step.isDone(context)) continue;
      reporter.begin(step.title);
      const work = async () => (step.isDone(context) ? 'made by another set-up' : step.run(context));
      fs.mkdirSync(cache, { recursive: true });
      reporter.end(
        step.usesCache ? await oneAtATime(path.join(cache, 'lock'), waiting(cache), work) : await work(),
      );
      count++;
    }
    return count;
  });
}
