// Finds a Python that can make virtual environments.
import { runCommand } from './command.mjs';
import { SetupFault } from './fault.mjs';

/** Newest first among those that are pinned; `python3` before all, because it is the one the user chose. */
const candidates = [
  'python3',
  'python3.14',
  'python3.13',
  'python3.12',
  'python3.11',
  'python3.10',
  'python',
];
const oldestMinor = 10;
const newestMinor = 14;

const question =
  'import importlib.util as u, sys; print(*sys.version_info[:3], int(all(u.find_spec(m) for m in ("venv", "ensurepip"))), sys.executable)';

/**
 * @typedef {object} Python
 * @property {string} command full path of the interpreter
 * @property {string} version like '3.11.7'
 * @property {boolean} hasVenv
 */

/**
 * @param {NodeJS.ProcessEnv} [env] its PATH is searched
 * @returns {Promise<Python>}
 * @throws {SetupFault} when there is no Python that fits
 */
export async function findPython(env = process.env) {
  /** @type {Python[]} */
  const seen = [];
  for (const candidate of candidates) {
    const { ok, output } = await runCommand(candidate, ['-c', question], { env });
    const answer = ok ? /^(\d+) (\d+) (\d+) ([01]) (.+)$/m.exec(output) : null;
    if (!answer) continue;
    const [, major, minor, patch, hasVenv, command = candidate] = answer;
    const python = { command, version: `${major}.${minor}.${patch}`, hasVenv: hasVenv === '1' };
    if (fits(python) && python.hasVenv) return python;
    seen.push(python);
  }
  throw whyNone(seen);
}

/** @param {Python} python */
function fits({ version }) {
  const [major, minor = 0] = version.split('.').map(Number);
  return major === 3 && minor >= oldestMinor && minor <= newestMinor;
}

/** @param {readonly Python[]} seen */
function whyNone(seen) {
  const range = `Python 3.${oldestMinor} to 3.${newestMinor}`;
  const again = 'and run the same command again.';
  const withoutVenv = seen.find(fits);
  if (withoutVenv) {
    const [, minor] = withoutVenv.version.split('.');
    return new SetupFault(
      `Python ${withoutVenv.version} (${withoutVenv.command}) comes without its venv module`,
      `Install it (Debian and Ubuntu: \`sudo apt install python3.${minor}-venv\` or \`python3-venv\`) ${again}`,
    );
  }
  const [other] = seen;
  if (other) {
    return new SetupFault(
      `Only Python ${other.version} was found (${other.command}), and the project needs ${range}`,
      `Install one of these (Debian and Ubuntu: \`sudo apt install python3 python3-venv\`; macOS: \`brew install python@3.13\`) ${again}`,
    );
  }
  return new SetupFault(
    'No Python was found',
    `Install ${range} (Debian and Ubuntu: \`sudo apt install python3 python3-venv\`; macOS: \`brew install python@3.13\`) ${again}`,
  );
}
