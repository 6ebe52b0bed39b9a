// Two set-ups must not write the same folder at once: the second one waits. A lock whose holder is gone does not count.
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** @type {Set<string>} */
const held = new Set();

/**
 * Hold `lockFile` while `work` runs.
 *
 * @template T
 * @param {string} lockFile
 * @param {(holder: number) => void} onWait called once when another process holds it
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function oneAtATime(lockFile, onWait, work) {
  await takeLock(lockFile, onWait);
  held.add(lockFile);
  try {
    return await work();
  } finally {
    releaseLocks(lockFile);
  }
}

/** @param {string} [only] one of the locks held here; default all of them */
export function releaseLocks(only) {
  for (const lockFile of only ? [only] : held) {
    fs.rmSync(lockFile, { force: true });
    held.delete(lockFile);
  }
}

/**
 * @param {string} lockFile
 * @param {(holder: number) => void} onWait
 */
async function takeLock(lockFile, onWait) {
  fs.mkdirSync(path.dirname(lockFile), { recursive: true });
  let hasSaid = false;
  for (;;) {
    if (tryToTake(lockFile)) return;
    const holder = holderOf(lockFile);
    if (holder === null) {
      fs.rmSync(lockFile, { force: true });
      continue;
    }
    if (!hasSaid) onWait(holder);
    hasSaid = true;
    await sleep(300);
  }
}

/** @param {string} lockFile */
function tryToTake(lockFile) {
  // A link is made whole or not at all, so nobody can read a lock without its holder's number in it.
  const own = `${lockFile}.${process.pid}`;
  fs.writeFileSync(own, `${process.pid} ${startOf(process.pid)}`);
  try {
    fs.linkSync(own, lockFile);
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'EEXIST') return false;
    throw error;
  } finally {
    fs.rmSync(own, { force: true });
  }
}

/**
 * The process that holds a lock; null when it is gone.
 *
 * @param {string} lockFile
 * @returns {number | null}
 */
export function holderOf(lockFile) {
  let text;
  try {
    text = fs.readFileSync(lockFile, 'utf8');
  } catch {
    return null;
  }
  const [pidText = '', start = ''] = text.split(' ');
  const pid = Number(pidText);
  if (!Number.isInteger(pid) || pid <= 0) return null;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'ESRCH') return null;
  }
  // The number may have gone to another program since: on Linux its time of birth tells.
  return startOf(pid) === start ? pid : null;
}

/** @param {number} pid */
function startOf(pid) {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}
