// Makes the Python environment that the peers of `npm run bench` run in, and prints its interpreter's path.
//
//     node bench/peer-environment.mjs
//
// It lies in the cache folder, so that all clones share it, and is made once. PyTorch comes with its CUDA libraries
// even where there is no GPU: the registry has no other build for Linux on x86-64.
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { endRunningCommands, runCommand } from '../scripts/setup/command.mjs';
import { asFault, faultOfCommand } from '../scripts/setup/fault.mjs';
import { cacheFolder } from '../scripts/setup/folders.mjs';
import { oneAtATime, releaseLocks } from '../scripts/setup/one-at-a-time.mjs';
import { findPython } from '../scripts/setup/python.mjs';
import { asMegabytes, bytesIn, contentKey, readRecord, writeRecord } from '../scripts/setup/record.mjs';
import { Reporter } from '../scripts/setup/reporter.mjs';
import { checkRoom } from '../scripts/setup/wheel.mjs';

const benchFolder = path.dirname(fileURLToPath(import.meta.url));
/** Measured: downloads and unpacked packages together, while pip works. */
const bytesNeeded = 10e9;

/**
 * @typedef {object} PeerEnvironment
 * @property {string} python its interpreter
 * @property {boolean} isReady whether it is there, whole
 */

/**
 * Where the environment of these requirements lies.
 *
 * @param {string} [requirements]
 * @param {string} [cache]
 * @returns {PeerEnvironment & { folder: string, stamp: string }}
 */
export function peerEnvironment(
  requirements = path.join(benchFolder, 'requirements.txt'),
  cache = cacheFolder(),
) {
  const folder = path.join(cache, 'bench-python', contentKey([fs.readFileSync(requirements)]));
  const python = path.join(folder, 'bin', 'python');
  // Written last: an environment without it was interrupted.
  const stamp = path.join(folder, 'behavior-lab-bench.json');
  return { folder, python, stamp, isReady: readRecord(stamp) !== null && fs.existsSync(python) };
}

/**
 * Make the environment if it is not there. Files that an interrupted run has downloaded are not downloaded again.
 *
 * @param {{ requirements?: string, cache?: string, out?: ConstructorParameters<typeof Reporter>[0], bytes?: number }} [options]
 * @returns {Promise<string>} path of its interpreter
 */
export async function makePeerEnvironment({
  requirements = path.join(benchFolder, 'requirements.txt'),
  cache = cacheFolder(),
  out = process.stderr,
  bytes = bytesNeeded,
} = {}) {
  const { folder, python, stamp, isReady } = peerEnvironment(requirements, cache);
  if (isReady) return python;
  const parent = path.dirname(folder);
  fs.mkdirSync(parent, { recursive: true });
  const onWait = (/** @type {number} */ holder) =>
    out.write(`Process ${holder} makes the peers' environment already; waiting for it.\n`);
  return oneAtATime(`${folder}.lock`, onWait, async () => {
    if (peerEnvironment(requirements, cache).isReady) return python;
    checkRoom(parent, bytes);
    const reporter = new Reporter(out);
    out.write(
      `The peers (${namesIn(requirements).join(', ')}) get a Python environment of their own, once: about 3 GB to ` +
        `download,\n6 GB on disk afterwards, in ${folder}.\nInterrupted, it goes on where it was.\n`,
    );
    reporter.begin("Python environment of the bench's peers");
    const basis = await findPython(process.env);
    fs.mkdirSync(folder, { recursive: true });
    const made = await runCommand(basis.command, ['-m', 'venv', folder]);
    if (!made.ok)
      throw faultOfCommand('Making the environment', made.output, folder, 'See what Python says below.');
    // pip keeps each whole file here until all are installed; its temporary files must be on a disk with room.
    const downloads = `${folder}.downloads`;
    fs.mkdirSync(path.join(downloads, 'temporary'), { recursive: true });
    const { ok, output } = await runCommand(
      python,
      [
        '-m',
        'pip',
        'install',
        '--disable-pip-version-check',
        '--no-input',
        '--only-binary=:all:',
        '-r',
        requirements,
      ],
      {
        env: {
          ...process.env,
          PIP_CACHE_DIR: path.join(downloads, 'cache'),
          TMPDIR: path.join(downloads, 'temporary'),
          PIP_NO_COLOR: '1',
        },
        onTick: everySecond(() =>
          reporter.progress(
            `${asMegabytes(bytesIn(downloads))} downloaded, ${asMegabytes(bytesIn(folder))} installed`,
          ),
        ),
      },
    );
    if (!ok) {
      reporter.breakOff();
      throw faultOfCommand(
        "Installing the bench's peers",
        output,
        folder,
        'They need Python 3.11 to 3.14 on a platform that PyTorch has wheels for.',
      );
    }
    fs.rmSync(downloads, { recursive: true, force: true });
    writeRecord(stamp, { python: basis.version, packages: namesIn(requirements) });
    reporter.end(asMegabytes(bytesIn(folder)));
    return python;
  });
}

/** @param {string} requirements */
function namesIn(requirements) {
  return fs
    .readFileSync(requirements, 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
}

/**
 * Counting gigabytes of files takes a while: not four times a second.
 *
 * @param {() => void} work
 */
function everySecond(work) {
  let ticks = 0;
  return () => {
    ticks += 1;
    if (ticks % 8 === 0) work();
  };
}

async function main() {
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) {
    process.on(signal, () => {
      endRunningCommands();
      releaseLocks();
      process.exit(signal === 'SIGINT' ? 130 : 143);
    });
  }
  try {
    console.log(await makePeerEnvironment());
  } catch (error) {
    const fault = asFault(error, cacheFolder());
    releaseLocks();
    if (fault === null) throw error;
    console.error(`\n${fault.message}`);
    if (fault.details) console.error(fault.details.replace(/^/gm, '  | '));
    process.exitCode = 1;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
