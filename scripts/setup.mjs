// Makes a fresh clone ready: `npm start` and `npm test` run this first. Plain Node, because nothing is installed yet.
import path from 'node:path';
import { parseArgs } from 'node:util';
import { endRunningCommands } from './setup/command.mjs';
import { asFault, SetupFault } from './setup/fault.mjs';
import { cacheFolder, projectFolder, recordFile } from './setup/folders.mjs';
import { checkNode, platformName } from './setup/machine.mjs';
import { releaseLocks } from './setup/one-at-a-time.mjs';
import { findPython } from './setup/python.mjs';
import { readRecord, writeRecord } from './setup/record.mjs';
import { Reporter, seconds } from './setup/reporter.mjs';
import { carryOut, steps } from './setup/steps.mjs';

const help = `npm run setup [-- OPTIONS]    make this clone ready to use; what is ready is left alone

  --gpu        take the CUDA build of TensorFlow and NVIDIA's libraries (Linux x86-64; 3 GB to download)
  --cpu        go back to the CPU build
  --retry      try once more to get the native library after a fallback to WebAssembly
  --only STEP  one step alone: ${steps.map(({ name }) => name).join(', ')}
  --help       this text

Writes into the project folder and into the cache folder, nowhere else:
  ${cacheFolder()}   (set BEHAVIOR_LAB_CACHE for another one)
A filled cache folder, copied to a machine of the same kind, is enough to set up there without a network.`;

async function main() {
  const startMs = performance.now();
  const options = readOptions(process.argv.slice(2));
  if (options.help) {
    console.log(help);
    return;
  }
  checkNode(process.versions.node);
  const reporter = new Reporter();
  const context = {
    project: projectFolder,
    cache: cacheFolder(),
    platform: platformName(process.platform, process.arch),
    gpu: chosenGpu(options),
    retry: options.retry,
    pins: readRecord(path.join(projectFolder, 'scripts', 'setup', 'pins.json')),
    env: process.env,
    reporter,
  };
  const wanted = options.only === undefined ? steps : steps.filter(({ name }) => name === options.only);
  if (wanted.every((step) => step.isDone(context))) {
    console.log(`Set-up: nothing to do (${seconds(performance.now() - startMs)}).`);
    return;
  }
  console.log(`Setting up ${context.project} (shared files in ${context.cache})`);
  // Before anything is downloaded: a machine without a Python is told so at once.
  if (wanted.some((step) => step.name === 'python' && !step.isDone(context))) await findPython(context.env);
  try {
    await carryOut(context, wanted);
  } finally {
    reporter.breakOff();
  }
  console.log(`Set-up is complete (${seconds(performance.now() - startMs)}).`);
}

/** @param {string[]} args */
function readOptions(args) {
  try {
    const { values } = parseArgs({
      args,
      options: {
        gpu: { type: 'boolean', default: false },
        cpu: { type: 'boolean', default: false },
        retry: { type: 'boolean', default: false },
        only: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    if (values.gpu && values.cpu) throw new Error('--gpu and --cpu exclude each other');
    if (values.only !== undefined && !steps.some(({ name }) => name === values.only)) {
      throw new Error(`there is no step '${values.only}'`);
    }
    return values;
  } catch (error) {
    throw new SetupFault(
      /** @type {Error} */ (error).message,
      '`npm run setup -- --help` lists the options.',
    );
  }
}

/**
 * The choice between the builds lasts: `npm start` must not undo `npm run setup -- --gpu`.
 *
 * @param {{ gpu: boolean, cpu: boolean }} options
 */
function chosenGpu({ gpu, cpu }) {
  const file = recordFile(projectFolder, 'choice');
  if (gpu || cpu) writeRecord(file, { gpu });
  return readRecord(file)?.gpu === true;
}

for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) {
  process.on(signal, () => {
    endRunningCommands();
    releaseLocks();
    console.error('\nSet-up was interrupted; run the same command again and it goes on.');
    process.exit(signal === 'SIGINT' ? 130 : 143);
  });
}

try {
  await main();
} catch (error) {
  const fault = asFault(error, cacheFolder());
  releaseLocks();
  if (fault === null || process.env.BEHAVIOR_LAB_DEBUG) throw error;
  console.error(`\n${fault.message}`);
  if (fault.details) console.error(fault.details.replace(/^/gm, '  | '));
  process.exitCode = 1;
}
