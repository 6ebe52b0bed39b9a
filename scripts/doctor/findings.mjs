// What doctor looks at. Each part looks for itself and survives whatever is missing: doctor is for broken machines.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { runCommand } from '../setup/command.mjs';
import { lastLines } from '../setup/fault.mjs';
import { recordFile } from '../setup/folders.mjs';
import { kernelFile } from '../setup/kernelspec.mjs';
import { checkNode, oldestNode } from '../setup/machine.mjs';
import { movielensFolder, wrongFile } from '../setup/movielens.mjs';
import { venvPython } from '../setup/python-environment.mjs';
import { asMegabytes, bytesIn, readRecord } from '../setup/record.mjs';
import { steps } from '../setup/steps.mjs';
import { askedThreads, threadFindings } from './threads.mjs';

/**
 * @typedef {object} Finding
 * @property {string} topic
 * @property {string} value
 * @property {string} [remedy] present when the finding is a problem
 * @property {boolean} [isLocal] of this machine only, so it stays out of environment.md
 */

/** @typedef {import('../setup/steps.mjs').Context} Context */

/** @type {readonly ((context: Context) => Finding[] | Promise<Finding[]>)[]} */
const parts = [machine, nodeAndPackages, setUp, pythonPackages, backend, kernel, data, cache];

/**
 * @param {Context} context
 * @returns {Promise<Finding[]>}
 */
export async function findings(context) {
  /** @type {Finding[]} */
  const all = [];
  for (const part of parts) {
    try {
      all.push(...(await part(context)));
    } catch (error) {
      all.push({
        topic: part.name,
        value: `cannot be examined: ${/** @type {Error} */ (error).message}`,
        remedy: 'Run `npm run setup`; if this stays, report it with this line.',
      });
    }
  }
  return all;
}

/** @returns {Finding[]} */
function machine() {
  const model = os.cpus()[0]?.model.trim() ?? 'processor unknown';
  return [
    { topic: 'System', value: `${os.type()} ${os.machine()}` },
    { topic: 'Processor', value: `${os.availableParallelism()} cores, ${model}` },
    { topic: 'Memory', value: `${(os.totalmem() / 2 ** 30).toFixed(0)} GiB` },
  ];
}

/**
 * @param {Context} context
 * @returns {Promise<Finding[]>}
 */
async function nodeAndPackages({ project, env }) {
  const npm = await runCommand('npm', ['--version'], { env, cwd: project });
  const packages = [
    'typescript',
    'tslab',
    '@tensorflow/tfjs',
    '@tensorflow/tfjs-node-gpu',
    'danfojs-node',
    'vitest',
  ];
  return [
    nodeFinding(),
    npm.ok
      ? { topic: 'npm', value: lastLines(npm.output, 1) }
      : {
          topic: 'npm',
          value: 'not found',
          remedy: `Install Node ${oldestNode} or later together with npm.`,
        },
    ...packages.map((name) => {
      const version = readRecord(path.join(project, 'node_modules', name, 'package.json'))?.version;
      return version
        ? { topic: name, value: version }
        : { topic: name, value: 'not installed', remedy: 'Run `npm run setup`.' };
    }),
  ];
}

/** @returns {Finding} */
function nodeFinding() {
  const version = process.versions.node;
  try {
    checkNode(version);
    return { topic: 'Node', value: version };
  } catch (error) {
    return { topic: 'Node', value: version, remedy: /** @type {Error} */ (error).message };
  }
}

/**
 * @param {Context} context
 * @returns {Finding[]}
 */
function setUp(context) {
  const open = steps.filter((step) => !isDone(step, context)).map(({ name }) => name);
  return open.length === 0
    ? [{ topic: 'Set-up', value: 'complete', isLocal: true }]
    : [
        {
          topic: 'Set-up',
          value: `not done: ${open.join(', ')}`,
          remedy: 'Run `npm run setup`.',
          isLocal: true,
        },
      ];
}

/**
 * @param {import('../setup/steps.mjs').Step} step
 * @param {Context} context
 */
function isDone(step, context) {
  try {
    return step.isDone(context);
  } catch {
    return false;
  }
}

/**
 * @param {Context} context
 * @returns {Promise<Finding[]>}
 */
async function pythonPackages({ project, env }) {
  const names = ['jupyterlab', 'nbclient', 'nbformat', 'plotly', 'numpy', 'safetensors'];
  const question = `import importlib.metadata as m, platform; print(platform.python_version()); [print(m.version(n)) for n in ${JSON.stringify(names)}]`;
  const { ok, output } = await runCommand(venvPython(project), ['-c', question], { env });
  if (!ok) {
    return [{ topic: 'Python', value: 'no usable .venv', remedy: 'Delete .venv and run `npm run setup`.' }];
  }
  const [version = '', ...versions] = output.trim().split('\n');
  return [
    { topic: 'Python (.venv)', value: version },
    ...names.map((name, i) => ({ topic: name, value: versions[i] ?? 'unknown' })),
  ];
}

/**
 * Starts the backend as a notebook does, in a process of its own.
 *
 * @param {Context} context
 * @returns {Promise<Finding[]>}
 */
async function backend({ project, env, gpu }) {
  const [library, calibration] = ['nn/backend.js', 'experiments/calibration.js'].map((file) =>
    path.join(project, 'dist', file),
  );
  if (!fs.existsSync(library) || !fs.existsSync(calibration)) {
    return [{ topic: 'Backend', value: 'lib/ is not built', remedy: 'Run `npm run build`.' }];
  }
  const code = `const backend = require(${JSON.stringify(library)});
    const calibration = require(${JSON.stringify(calibration)}).readCalibration();
    backend.startBackend({ threads: backend.threadsFromEnvironment() ?? backend.publishedThreads })
      .then((info) => console.log('\\n' + JSON.stringify({ ...info, calibration })))`;
  const isNonsense = Number.isNaN(askedThreads(env));
  const { ok, output } = await runCommand(process.execPath, ['-e', code], {
    env: isNonsense ? { ...env, TF_NUM_INTRAOP_THREADS: '' } : env,
  });
  const answer = /^\{"name".*\}$/m.exec(output)?.[0];
  if (!ok || !answer) {
    return [
      {
        topic: 'Backend',
        value: `does not start: ${lastLines(output, 3)}`,
        remedy: 'Run `npm run setup -- --retry`.',
      },
    ];
  }
  const info = JSON.parse(answer);
  const record = readRecord(recordFile(project, 'native'));
  const isForced = env.BEHAVIOR_LAB_BACKEND === 'wasm';
  const why = isForced
    ? 'BEHAVIOR_LAB_BACKEND=wasm asks for it'
    : (record?.reason ?? 'the library does not load');
  return [
    info.name === 'tensorflow'
      ? { topic: 'Backend', value: `tensorflow (native), ${record?.package ?? 'package unknown'}` }
      : {
          topic: 'Backend',
          value: `wasm, many times slower: ${why}`,
          remedy: isForced
            ? 'Unset BEHAVIOR_LAB_BACKEND.'
            : 'Mend what stands there, then run `npm run setup -- --retry`.',
        },
    { topic: 'TensorFlow', value: info.tensorflowVersion ?? 'none' },
    { topic: 'Binding compiled by', value: record?.compiler ?? 'none' },
    ...threadFindings(env, os.availableParallelism(), info, info.calibration),
    {
      topic: 'GPU',
      value: `${info.device === 'gpu' ? 'yes' : 'no'}. ${info.gpuReason}`,
      ...(gpu &&
        info.device !== 'gpu' && {
          remedy:
            'Check `nvidia-smi` and the driver (525 or later), or go back with `npm run setup -- --cpu`.',
        }),
    },
  ];
}

/**
 * @param {Context} context
 * @returns {Finding[]}
 */
function kernel({ project }) {
  const file = kernelFile(project);
  /** @type {string[]} */
  const programs = (readRecord(file)?.argv ?? []).slice(0, 2);
  const missing = programs.find((program) => !fs.existsSync(program));
  if (programs.length === 2 && missing === undefined)
    return [{ topic: 'Kernel', value: 'TypeScript (tslab), in .venv' }];
  return [
    {
      topic: 'Kernel',
      value: missing === undefined ? 'not registered' : `registered, but ${missing} is gone`,
      remedy: 'Run `npm run setup`.',
    },
  ];
}

/**
 * @param {Context} context
 * @returns {Finding[]}
 */
function data({ cache, pins, project, env }) {
  const wrong = wrongFile(movielensFolder(cache), pins.movielens.files);
  const shared = path.resolve(project, env.BEHAVIOR_LAB_DATA ?? path.join('..', 'shared', 'data'));
  return [
    wrong === null
      ? { topic: 'MovieLens-100K', value: 'there, checksums right' }
      : { topic: 'MovieLens-100K', value: `${wrong} is missing or changed`, remedy: 'Run `npm run setup`.' },
    {
      topic: 'Further data sets',
      value: fs.existsSync(shared) ? shared : 'none (optional; tests that need one are skipped by name)',
      isLocal: true,
    },
  ];
}

/**
 * @param {Context} context
 * @returns {Finding[]}
 */
function cache({ cache: folder }) {
  const { bavail, bsize } = fs.statfsSync(fs.existsSync(folder) ? folder : os.homedir());
  const free = bavail * bsize;
  const sizes = ['native', 'npm', 'wheels', 'data'].map(
    (name) => `${name} ${asMegabytes(bytesIn(path.join(folder, name)))}`,
  );
  return [
    { topic: 'Cache folder', value: folder, isLocal: true },
    { topic: 'Cache size', value: sizes.join(', '), isLocal: true },
    {
      topic: 'Free disk',
      value: asMegabytes(free),
      isLocal: true,
      ...(free < 2e9 && { remedy: 'Free some space: set-up and long runs want 2 GB or more.' }),
    },
  ];
}
