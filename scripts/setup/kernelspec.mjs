// Step: tell Jupyter about the TypeScript kernel, inside .venv only.
import fs from 'node:fs';
import path from 'node:path';
import { venvFolder } from './python-environment.mjs';
import { writeWhole } from './record.mjs';

/** @param {string} project */
export const kernelFile = (project) =>
  path.join(venvFolder(project), 'share', 'jupyter', 'kernels', 'tslab', 'kernel.json');

/** @type {import('./steps.mjs').Step} */
export const kernelspec = {
  name: 'kernel',
  title: 'Jupyter kernel',

  isDone({ project }) {
    const file = kernelFile(project);
    return fs.existsSync(file) && fs.readFileSync(file, 'utf8') === kernelText(project);
  },

  run({ project }) {
    writeWhole(kernelFile(project), kernelText(project));
    return Promise.resolve('TypeScript (tslab)');
  },
};

/**
 * The arguments are those of `tslab install`, with our launcher in front and this very Node.
 *
 * @param {string} project
 */
function kernelText(project) {
  const spec = {
    argv: [
      process.execPath,
      path.join(project, 'scripts', 'kernel', 'tslab-kernel.cjs'),
      'kernel',
      '--config-path',
      '{connection_file}',
    ],
    display_name: 'TypeScript',
    language: 'typescript',
    env: { TF_CPP_MIN_LOG_LEVEL: '2' },
  };
  return `${JSON.stringify(spec, null, 2)}\n`;
}
