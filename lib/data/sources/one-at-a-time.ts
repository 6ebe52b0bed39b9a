import { linkSync, mkdirSync, readFileSync, rmSync, rmdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

let locksTaken = 0;

/**
 * Do some work while no other process (nor another call of this one) does it.
 *
 * A second one waits. The lock of a process that is gone does not count.
 *
 * @param onWait called once with the number of the process that holds the lock
 * @param signal ends the waiting, with an `AbortError`
 */
export async function oneAtATime<T>(
  lockFile: string,
  onWait: (holder: number) => void,
  work: () => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  mkdirSync(dirname(lockFile), { recursive: true });
  for (let hasSaid = false; !take(lockFile);) {
    const holder = holderOf(lockFile);
    if (holder === null) {
      removeDead(lockFile);
      continue;
    }
    if (!hasSaid) onWait(holder);
    hasSaid = true;
    await sleep(100, null, signal && { signal });
  }
  try {
    return await work();
  } finally {
    rmSync(lockFile, { force: true });
  }
}

/** A link is made whole or not at all, and only where there is none: of two that try, one succeeds. */
function take(lockFile: string): boolean {
  const own = `${lockFile}.${process.pid}.${++locksTaken}`;
  writeFileSync(own, `${process.pid} ${birthOf(process.pid)}`);
  try {
    linkSync(own, lockFile);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(own, { force: true });
  }
}

/** The living process that holds a lock; `null` when it is gone, or nobody does. */
function holderOf(lockFile: string): number | null {
  let text: string;
  try {
    text = readFileSync(lockFile, 'utf8');
  } catch {
    return null;
  }
  const [pidText, birth = ''] = text.split(' ');
  const pid = Number(pidText);
  if (!Number.isInteger(pid) || pid <= 0) return null;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return null;
  }
  // The number may have gone to another program since: on Linux its time of birth tells.
  return birthOf(pid) === birth ? pid : null;
}

/**
 * Remove the lock of a process that is gone. Only one does it at a time: otherwise one could look, another remove and
 * take the lock, and the first then remove that.
 */
function removeDead(lockFile: string): void {
  const breaking = `${lockFile}.breaking`;
  try {
    mkdirSync(breaking);
  } catch {
    const since = statSync(breaking, { throwIfNoEntry: false })?.mtimeMs;
    // It takes a moment; what is older was left by a process that died in that moment.
    if (since !== undefined && Date.now() - since > 10_000)
      rmSync(breaking, { recursive: true, force: true });
    return;
  }
  try {
    if (holderOf(lockFile) === null) rmSync(lockFile, { force: true });
  } finally {
    rmdirSync(breaking);
  }
}

function birthOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}
