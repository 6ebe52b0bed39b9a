// What can go wrong while setting up, each told in one sentence with its remedy.

/** Something the user can put right. Printed without a stack. */
export class SetupFault extends Error {
  /**
   * @param {string} problem what is wrong, as a clause without a full stop
   * @param {string} remedy what to do, as a whole sentence
   * @param {{ kind?: FaultKind, details?: string }} [more] `details`: what the failed command said
   */
  constructor(problem, remedy, { kind = 'other', details = '' } = {}) {
    super(`${problem}. ${remedy}`);
    this.name = 'SetupFault';
    this.kind = kind;
    this.details = details;
  }
}

/** @typedef {'disk' | 'network' | 'checksum' | 'other'} FaultKind */

const signsOf = {
  disk: /no space left on device|ENOSPC|errno 28|disk quota exceeded|EDQUOT/i,
  checksum: /do not match the hashes|EINTEGRITY|integrity checksum failed/i,
  network:
    /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ENETUNREACH|ETIMEDOUT|ENOTCACHED|EIDLETIMEOUT|failed to establish a new connection|name resolution|name or service not known|network is unreachable|connection (refused|reset|aborted)|read timed out|connecttimeout|max retries exceeded|proxyerror/i,
};

/**
 * Which kind of fault the output of npm, pip or a compiler tells of.
 *
 * @param {string} output
 * @returns {FaultKind}
 */
export function kindOfFault(output) {
  if (signsOf.disk.test(output)) return 'disk';
  if (signsOf.checksum.test(output)) return 'checksum';
  if (signsOf.network.test(output)) return 'network';
  return 'other';
}

/**
 * The fault behind a command that failed.
 *
 * @param {string} what what was being done, as it goes into "... failed"
 * @param {string} output what the command wrote
 * @param {string} folder where it was writing
 * @param {string} remedy for a failure of no known kind
 * @returns {SetupFault}
 */
export function faultOfCommand(what, output, folder, remedy) {
  const kind = kindOfFault(output);
  const details = lastLines(output, 12);
  if (kind === 'disk') return diskFullFault(folder, details);
  if (kind === 'checksum') {
    return new SetupFault(
      `${what} failed: a downloaded file is not the one that is pinned (checksum mismatch)`,
      'Run the command again; if it happens again, the mirror or proxy in between changes files: use another one.',
      { kind, details },
    );
  }
  if (kind === 'network') {
    return new SetupFault(
      `${what} failed: the package registry cannot be reached`,
      'Check the network (and the proxy settings of npm and pip), then run the same command again; or copy a filled cache folder from another machine.',
      { kind, details },
    );
  }
  return new SetupFault(`${what} failed`, remedy, { kind, details });
}

/**
 * @param {string} folder
 * @param {string} [details]
 */
export function diskFullFault(folder, details = '') {
  return new SetupFault(
    `The disk that holds ${folder} is full`,
    'Free about 3 GB there, or set BEHAVIOR_LAB_CACHE to a folder on another disk, then run the same command again.',
    { kind: 'disk', details },
  );
}

/**
 * Any thrown value as a fault; null when it is a fault of ours that deserves its stack.
 *
 * @param {unknown} error
 * @param {string} folder where files were being written
 * @returns {SetupFault | null}
 */
export function asFault(error, folder) {
  if (error instanceof SetupFault) return error;
  const { code, path, message } = /** @type {NodeJS.ErrnoException} */ (error ?? {});
  if (code === 'ENOSPC' || code === 'EDQUOT') return diskFullFault(path ?? folder, message);
  if (code === 'EACCES' || code === 'EROFS' || code === 'EPERM') {
    return new SetupFault(
      `${path ?? folder} cannot be written`,
      'Give yourself the right to write there, or set BEHAVIOR_LAB_CACHE to a folder of your own.',
      { details: message ?? '' },
    );
  }
  return null;
}

/**
 * @param {string} text
 * @param {number} count
 */
export function lastLines(text, count) {
  return text.trim().split('\n').slice(-count).join('\n');
}
