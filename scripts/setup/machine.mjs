// Is this a machine the project runs on?
import { SetupFault } from './fault.mjs';

export const oldestNode = '20.19.0';
export const firstNodeTooNew = 25;

/**
 * @param {string} version of Node, like '20.19.4'
 * @throws {SetupFault}
 */
export function checkNode(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [oldMajor = 0, oldMinor = 0] = oldestNode.split('.').map(Number);
  const isOldEnough = major < firstNodeTooNew;
  const isNewEnough = major > oldMajor || (major === oldMajor && minor >= oldMinor);
  if (isOldEnough && isNewEnough) return;
  throw new SetupFault(
    `This is Node ${version}, and the project runs on Node ${oldestNode} up to ${firstNodeTooNew - 1}`,
    'Install Node 22 (for instance with nvm: `nvm install 22`) and run the same command again.',
  );
}

/**
 * The platform's name among the pinned wheels.
 *
 * @param {string} platform process.platform
 * @param {string} arch process.arch
 * @returns {'linux-x64' | 'linux-arm64' | 'darwin-arm64'}
 * @throws {SetupFault}
 */
export function platformName(platform, arch) {
  const name = `${platform}-${arch}`;
  if (name === 'linux-x64' || name === 'linux-arm64' || name === 'darwin-arm64') return name;
  if (platform === 'win32') {
    throw new SetupFault(
      'The project does not run on Windows itself',
      'Install WSL (`wsl --install` in an administrator terminal), open its Linux terminal, clone the project there and run the same command.',
    );
  }
  throw new SetupFault(
    `There is no TensorFlow library for ${name}`,
    'Use Linux on x86-64 (tested), Linux on arm64 or macOS on Apple silicon.',
  );
}

/** True on a Linux without glibc (Alpine), whose programs cannot load the library. */
export function lacksGlibc() {
  if (process.platform !== 'linux') return false;
  const report = /** @type {any} */ (process.report?.getReport());
  return report !== undefined && report.header.glibcVersionRuntime === undefined;
}
