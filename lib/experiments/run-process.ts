import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { InputError } from '../base/errors';

/** Who works in a run's folder: `process.json`. */
export interface RunProcess {
  readonly pid: number;
  readonly host: string;
  /** When the process was born, as Linux counts: a number may be given again to another process. Empty where unknown. */
  readonly birth: string;
  readonly startedAt: string;
}

const fileOf = (folder: string): string => join(folder, 'process.json');

/** The process that works in a folder, or did until it died; null when none is written down. */
export const processOf = (folder: string): RunProcess | null => readClaim(fileOf(folder));

function readClaim(file: string): RunProcess | null {
  try {
    const value = JSON.parse(readFileSync(file, 'utf8')) as RunProcess;
    return Number.isInteger(value.pid) && value.pid > 0 ? value : null;
  } catch {
    return null;
  }
}

/**
 * Whether a process still lives. One on another machine, which shares the disk, counts as living: it cannot be asked
 * from here.
 */
export function isAlive({ pid, host, birth }: RunProcess): boolean {
  if (host !== hostname()) return true;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  const stat = statOf(pid);
  // A zombie is over, and only waits for its parent to look.
  return stat.state !== 'Z' && (birth === '' || stat.birth === birth);
}

/**
 * Write down that a process works in a folder: of two that try at once, one succeeds.
 *
 * @param pid default: this process, which may do it again after whoever started it has done it in its name
 * @returns what gives the folder free again
 * @throws InputError when another process works there
 */
export function claimRun(folder: string, pid = process.pid): () => void {
  mkdirSync(folder, { recursive: true });
  const file = fileOf(folder);
  const own: RunProcess = {
    pid,
    host: hostname(),
    birth: statOf(pid).birth,
    startedAt: new Date().toISOString(),
  };
  const beside = `${file}.${process.pid}.partial`;
  writeFileSync(beside, `${JSON.stringify(own, null, 2)}\n`);
  try {
    for (;;) {
      try {
        linkSync(beside, file); // whole or not at all, and only where there is none
        break;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
      const holder = processOf(folder);
      if (holder?.pid === pid && holder.host === own.host && holder.birth === own.birth) break;
      if (holder && isAlive(holder)) throw new InputError(...occupied(holder, folder));
      removeDead(file, holder);
    }
  } finally {
    rmSync(beside, { force: true });
  }
  return () => {
    if (processOf(folder)?.pid === pid) rmSync(file, { force: true });
  };
}

/** Take away the claim of a process that is gone, unless another process has put its own there meanwhile. */
function removeDead(file: string, dead: RunProcess | null): void {
  const aside = `${file}.${process.pid}.dead`;
  try {
    renameSync(file, aside);
    const moved = readClaim(aside);
    // Somebody was faster, and this is a living claim: back to where it was, if that place is still free.
    if (moved && isAlive(moved) && (moved.pid !== dead?.pid || moved.birth !== dead.birth))
      linkSync(aside, file);
  } catch (error) {
    if (!['ENOENT', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  } finally {
    rmSync(aside, { force: true });
  }
}

function occupied({ pid, host, startedAt }: RunProcess, folder: string): [string, string, { file: string }] {
  const since = `since ${startedAt}`;
  return host === hostname()
    ? [
        `process ${pid} has been working on this run ${since}.`,
        `Watch it by npm run watch -- ${folder}, stop it by npm run watch -- ${folder} --stop, or choose another folder.`,
        { file: folder },
      ]
    : [
        `process ${pid} on the machine ${host} has been working on this run ${since}.`,
        `Choose another folder; if it does not run any more, delete ${fileOf(folder)}.`,
        { file: folder },
      ];
}

/** On Linux, state and time of birth of a process; empty elsewhere. */
function statOf(pid: number): { state: string; birth: string } {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [state = '', ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { state, birth: fields[18] ?? '' };
  } catch {
    return { state: '', birth: '' };
  }
}
