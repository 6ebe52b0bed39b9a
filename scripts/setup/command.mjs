// Runs the programs that set-up needs, keeps what they say, and takes them down when set-up is taken down.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

/** @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set();

/**
 * @typedef {object} CommandOptions
 * @property {string} [cwd]
 * @property {NodeJS.ProcessEnv} [env]
 * @property {() => void} [onTick] called about four times a second while the program runs
 * @property {(line: string) => void} [onLine] called with each line of standard output
 * @property {string} [logFile] everything the program says is kept here too
 */

/**
 * Run a program to its end.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {CommandOptions} [options]
 * @returns {Promise<{ ok: boolean, output: string, isMissing: boolean }>} `isMissing`: there is no such program
 */
export function runCommand(command, args, { cwd, env = process.env, onTick, onLine, logFile } = {}) {
  return new Promise((resolve) => {
    /** @type {string[]} */
    const said = [];
    let openLine = '';
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    running.add(child);
    const ticking = onTick && setInterval(onTick, 250);
    child.stdout.setEncoding('utf8').on('data', (text) => {
      said.push(text);
      if (!onLine) return;
      const lines = (openLine + text).split('\n');
      openLine = lines.pop() ?? '';
      lines.forEach(onLine);
    });
    child.stderr.setEncoding('utf8').on('data', (text) => said.push(text));
    /** @param {boolean} ok @param {boolean} isMissing */
    const finish = (ok, isMissing) => {
      clearInterval(ticking);
      running.delete(child);
      const output = said.join('');
      if (logFile) {
        fs.mkdirSync(path.dirname(logFile), { recursive: true });
        fs.writeFileSync(logFile, `${command} ${args.join(' ')}\n${output}`);
      }
      resolve({ ok, output, isMissing });
    };
    child.on('error', (error) => {
      said.push(error.message);
      finish(false, /** @type {NodeJS.ErrnoException} */ (error).code === 'ENOENT');
    });
    child.on('close', (code, signal) => {
      if (signal) said.push(`\nended by ${signal}`);
      finish(code === 0, false);
    });
  });
}

/** End every program that is still running. */
export function endRunningCommands() {
  for (const child of running) child.kill('SIGTERM');
}
