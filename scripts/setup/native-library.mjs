// Step: the native TensorFlow library and the binding that lets Node call it.
//
// Library and headers come out of the pinned TensorFlow wheel into the cache, where an `npm ci` does not wipe them.
// The binding is compiled from the sources that @tensorflow/tfjs-node-gpu brings, and lies beside the library, which it
// finds by its own place; node_modules gets a link to it. Where that cannot be had (no network, no compiler, another
// processor) the reason is written down and the lab runs on WebAssembly, with a warning at every start.
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { runCommand } from './command.mjs';
import { bindingName, compileBinding } from './compile-binding.mjs';
import { lastLines, SetupFault } from './fault.mjs';
import { recordFile } from './folders.mjs';
import { lacksGlibc } from './machine.mjs';
import { venvPython } from './python-environment.mjs';
import { contentKey, filesBelow, linkTo, readRecord, writeRecord } from './record.mjs';
import { checkRoom, downloadWheel, extractFromWheel } from './wheel.mjs';

/**
 * What this step leaves for doctor and for lib/nn/backend.ts.
 *
 * @typedef {object} NativeRecord
 * @property {string} key
 * @property {'tensorflow' | 'wasm'} backend
 * @property {boolean} gpu is the CUDA build installed (whether a GPU is used is seen only when it runs)
 * @property {string} [package] like 'tensorflow-cpu 2.21.0'
 * @property {string} [folder] of the library in the cache
 * @property {string} [compiler]
 * @property {string | null} reason why there is no native library, as a sentence
 */

/** @type {import('./steps.mjs').Step} */
export const nativeLibrary = {
  name: 'native',
  title: 'Native TensorFlow',
  usesCache: true,

  isDone(context) {
    const record = /** @type {NativeRecord | null} */ (readRecord(recordFile(context.project, 'native')));
    if (record?.key !== nativeKey(context)) return false;
    if (record.backend === 'wasm') return !context.retry;
    const folder = libraryFolder(context);
    return (
      isWholeLibrary(folder) &&
      (!context.gpu || fs.existsSync(path.join(folder, solverLink))) &&
      pointsTo(bindingLink(context.project), bindingFile(context))
    );
  },

  async run(context) {
    const { project, gpu, reporter } = context;
    const file = recordFile(project, 'native');
    const key = nativeKey(context);
    try {
      if (lacksGlibc()) {
        throw new SetupFault(
          'This Linux has no glibc, which the library needs',
          'Use a distribution with glibc (Debian, Ubuntu, Fedora).',
        );
      }
      await ensureLibrary(context);
      if (gpu) linkSolver(libraryFolder(context));
      const compiler = await ensureBinding(context);
      linkTo(bindingFile(context), bindingLink(project));
      const seen = await tryBackend(context);
      const { package: packageName } = buildPin(context);
      writeRecord(file, {
        key,
        backend: 'tensorflow',
        gpu,
        package: `${packageName} ${context.pins.tensorflow.version}`,
        folder: libraryFolder(context),
        compiler,
        reason: null,
      });
      if (gpu && !seen.isUsingGpuDevice) {
        reporter.line('The CUDA build is installed, but it uses no GPU here: `npm run doctor` says why.');
      }
      return `TensorFlow ${seen.tensorflowVersion}, ${seen.isUsingGpuDevice ? 'GPU' : 'CPU'}`;
    } catch (error) {
      // A full disk or a wrong file is for the user to put right; without a library the lab still runs, slowly.
      if (!(error instanceof SetupFault) || error.kind === 'disk' || error.kind === 'checksum') throw error;
      const reason = `${error.message} Then run \`npm run setup -- --retry\`.`;
      fs.rmSync(bindingLink(project), { force: true });
      writeRecord(file, { key, backend: 'wasm', gpu, reason });
      reporter.line(`*** WARNING: no native TensorFlow. ${reason}`);
      if (error.details) reporter.line(lastLines(error.details, 6));
      reporter.line(
        '*** The lab runs on WebAssembly instead; training takes about ten to a hundred times as long.',
      );
      return 'NOT available';
    }
  },
};

/** @param {import('./steps.mjs').Context} context */
function buildPin({ pins, platform, gpu }) {
  const build = pins.tensorflow.builds[gpu ? `${platform}-gpu` : platform];
  if (build) return build;
  throw new SetupFault(
    `There is no CUDA build of TensorFlow for ${platform}`,
    'Run `npm run setup -- --cpu`.',
  );
}

/** @param {import('./steps.mjs').Context} context */
function nativeKey(context) {
  return contentKey([
    JSON.stringify(buildPin(context)),
    JSON.stringify(context.gpu ? context.pins.cuda : []),
    bindingName(context.project),
    context.cache,
    process.versions.node,
  ]);
}

/** @param {import('./steps.mjs').Context} context */
export function libraryFolder(context) {
  const { package: packageName } = buildPin(context);
  const suffix = context.gpu ? '-cuda' : '';
  return path.join(
    context.cache,
    'native',
    `${packageName}-${context.pins.tensorflow.version}-${context.platform}${suffix}`,
  );
}

/** @param {import('./steps.mjs').Context} context */
const bindingFile = (context) =>
  path.join(libraryFolder(context), 'tensorflow', bindingName(context.project));

/** @param {string} project */
export const bindingLink = (project) =>
  path.join(project, 'node_modules', '@tensorflow', 'tfjs-node-gpu', 'lib', 'napi-v8', 'tfjs_binding.node');

/**
 * @param {string} link
 * @param {string} target
 */
function pointsTo(link, target) {
  if (!fs.existsSync(link) || !fs.existsSync(target)) return false;
  return fs.realpathSync(link) === fs.realpathSync(target);
}

/**
 * Is everything there that was there when the folder was finished, at its full size?
 *
 * @param {string} folder
 */
export function isWholeLibrary(folder) {
  const sizes = readRecord(path.join(folder, 'files.json'));
  if (sizes === null) return false;
  return Object.entries(sizes).every(
    ([file, size]) => fs.statSync(path.join(folder, file), { throwIfNoEntry: false })?.size === size,
  );
}

/**
 * The library in the cache, made under another name and renamed when it is whole.
 *
 * @param {import('./steps.mjs').Context} context
 */
async function ensureLibrary(context) {
  const folder = libraryFolder(context);
  if (isWholeLibrary(folder)) return;
  const { project, pins, gpu } = context;
  const python = venvPython(project);
  const pin = { ...buildPin(context), version: pins.tensorflow.version };
  const partial = `${folder}.partial`;
  fs.rmSync(partial, { recursive: true, force: true });
  fs.mkdirSync(partial, { recursive: true });
  /** @type {import('./wheel.mjs').WheelPin[]} */
  const cuda = gpu ? pins.cuda : [];
  // NVIDIA's libraries take about twice their wheels' size when unpacked.
  const cudaBytes = cuda.reduce((sum, { bytes }) => sum + bytes * 3, 0);
  checkRoom(partial, pin.bytes + pin.unpackedBytes + cudaBytes);

  const wheel = await downloadWheel(context, python, pin, path.join(partial, 'download'));
  await extractFromWheel(context, python, wheel, partial, [
    'tensorflow/libtensorflow_(cc|framework)(\\.so\\.2|\\.2\\.dylib)',
    'tensorflow/include/(tensorflow/c|tensorflow/core/platform|tsl|xla/tsl)/.*\\.h',
  ]);
  fs.rmSync(path.join(partial, 'download'), { recursive: true });
  if (gpu) await addCuda(context, python, partial);
  writeRecord(
    path.join(partial, 'files.json'),
    Object.fromEntries(filesBelow(partial).map((file) => [file, fs.statSync(path.join(partial, file)).size])),
  );
  fs.rmSync(folder, { recursive: true, force: true });
  fs.renameSync(partial, folder);
}

/**
 * NVIDIA's libraries, beside `tensorflow/`: the library looks for them in `../nvidia/<name>/lib`, seen from itself.
 *
 * @param {import('./steps.mjs').Context} context
 * @param {string} python
 * @param {string} folder
 */
async function addCuda(context, python, folder) {
  for (const pin of context.pins.cuda) {
    const work = path.join(folder, 'download');
    const wheel = await downloadWheel(context, python, pin, work);
    await extractFromWheel(context, python, wheel, folder, ['nvidia/.*']);
    fs.rmSync(work, { recursive: true });
  }
}

/**
 * TensorFlow looks for NVIDIA's libraries in their folders beside it, but for cuSOLVER in none that has it (2.21.0: it
 * is opened by libtensorflow_framework, whose search path lacks nvidia/cusolver/lib); without it no GPU is used. So it
 * gets a link in a folder that is searched.
 *
 * @param {string} folder
 */
function linkSolver(folder) {
  linkTo('../../cusolver/lib/libcusolver.so.11', path.join(folder, solverLink));
}
const solverLink = 'nvidia/cusparse/lib/libcusolver.so.11';

/**
 * @param {import('./steps.mjs').Context} context
 * @returns {Promise<string>} what compiled it
 */
async function ensureBinding(context) {
  const binding = bindingFile(context);
  const note = `${binding}.json`;
  const known = readRecord(note);
  if (known?.bytes !== undefined && fs.statSync(binding, { throwIfNoEntry: false })?.size === known.bytes) {
    return String(known.compiler);
  }
  context.reporter.progress('compiling the binding');
  const compiler = await compileBinding(context, path.dirname(binding), binding);
  writeRecord(note, { compiler, bytes: fs.statSync(binding).size });
  return compiler;
}

/** @param {import('./steps.mjs').Context} context */
async function tryBackend({ project, env }) {
  const script = path.join(path.dirname(fileURLToPath(import.meta.url)), 'try-backend.cjs');
  const { ok, output } = await runCommand(process.execPath, [script, project], { env });
  const answer = /^\{.*\}$/m.exec(output)?.[0];
  if (ok && answer) return JSON.parse(answer);
  throw new SetupFault(
    'The native library does not load on this machine',
    'It needs a processor with AVX and glibc 2.27 or later; what it said stands below.',
    { details: lastLines(output, 6) },
  );
}
