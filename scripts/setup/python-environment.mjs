// Step: the Python environment .venv with JupyterLab, from files that are pinned by hash.
//
// The files are first gathered in the cache and then installed from there, so that another clone, or a machine
// without a network that was given the cache, needs no registry.
import fs from 'node:fs';
import path from 'node:path';
import { runCommand } from './command.mjs';
import { faultOfCommand } from './fault.mjs';
import { findPython } from './python.mjs';
import { asMegabytes, contentKey, readRecord, writeRecord } from './record.mjs';
import { runPip } from './wheel.mjs';

/** @param {string} project */
export const venvFolder = (project) => path.join(project, '.venv');
/** @param {string} project */
export const venvPython = (project) => path.join(venvFolder(project), 'bin', 'python');
/** @param {string} project */
const stampFile = (project) => path.join(venvFolder(project), '.behavior-lab-setup.json');

/** @type {import('./steps.mjs').Step} */
export const pythonEnvironment = {
  name: 'python',
  title: 'Python environment',
  usesCache: true,

  isDone({ project }) {
    return (
      fs.existsSync(venvPython(project)) && readRecord(stampFile(project))?.key === environmentKey(project)
    );
  },

  async run(context) {
    const { project, cache, env, reporter } = context;
    const python = await findPython(env);
    // An environment cannot be moved to its place when it is whole (its programs name their folder), so the stamp
    // is what says that it is; without one it is made anew.
    fs.rmSync(venvFolder(project), { recursive: true, force: true });
    const made = await runCommand(python.command, ['-m', 'venv', venvFolder(project)], { env });
    if (!made.ok) {
      throw faultOfCommand(
        'Making the Python environment .venv',
        made.output,
        project,
        'Install the venv module of your Python (Debian and Ubuntu: `sudo apt install python3-venv`) and run the same command again.',
      );
    }
    const wheels = await gatherWheels(context, python.version);
    reporter.progress('installing');
    const installed = await runPip(context, venvPython(project), {
      args: [
        'install',
        '--no-compile',
        '--no-index',
        '--find-links',
        wheels,
        '--require-hashes',
        '-r',
        requirements(project),
      ],
      folder: path.join(cache, 'temporary'),
      logName: 'pip-install',
    });
    if (!installed.ok) {
      throw faultOfCommand(
        'Installing the Python packages',
        installed.output,
        project,
        'See .lab/setup/pip-install.log.',
      );
    }
    writeRecord(stampFile(project), { key: environmentKey(project), python: python.version });
    return `Python ${python.version}`;
  },
};

/** @param {string} project */
const requirements = (project) => path.join(project, 'requirements.txt');

/** @param {string} project */
function environmentKey(project) {
  return contentKey([fs.readFileSync(requirements(project)), project]);
}

/**
 * The cache's folder with every file of requirements.txt for this Python; downloads what is missing.
 *
 * @param {import('./steps.mjs').Context} context
 * @param {string} pythonVersion
 */
async function gatherWheels(context, pythonVersion) {
  const { project, cache, platform, reporter } = context;
  const tag = `py${pythonVersion.split('.').slice(0, 2).join('')}-${platform}`;
  const folder = path.join(cache, 'wheels', `${tag}-${contentKey([fs.readFileSync(requirements(project))])}`);
  if (fs.existsSync(folder)) return folder;
  // An interrupted download is taken up again: pip checks the hash of what is there and fetches the rest.
  const partial = `${folder}.partial`;
  fs.mkdirSync(partial, { recursive: true });
  const { ok, output } = await runPip(context, venvPython(project), {
    args: ['download', '--require-hashes', '-r', requirements(project), '-d', partial],
    folder: partial,
    logName: 'pip-download',
    onBytes: (bytes) => reporter.progress(`downloading, ${asMegabytes(bytes)}`),
  });
  if (!ok) {
    throw faultOfCommand(
      'Downloading the Python packages',
      output,
      cache,
      'See .lab/setup/pip-download.log; with a Python newer than 3.14 install 3.13 beside it.',
    );
  }
  fs.renameSync(partial, folder);
  return folder;
}
