import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { afterAll } from 'vitest';

export const projectFolder = path.resolve(__dirname, '..', '..');

const folders: string[] = [];
afterAll(() => folders.forEach((folder) => fs.rmSync(folder, { recursive: true, force: true })));

/** A new folder, removed after the tests of the file. */
export function newFolder(): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'behavior-lab-test-'));
  folders.push(folder);
  return folder;
}

/** Put a shell script of that name into a folder, for use as (part of) a PATH. */
export function fakeProgram(folder: string, name: string, script: string): void {
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(folder, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
}

/** A small project with the real set-up scripts, a lock file, two sources and fake packages. */
export function smallProject(): string {
  const project = newFolder();
  fs.cpSync(path.join(projectFolder, 'scripts', 'setup'), path.join(project, 'scripts', 'setup'), {
    recursive: true,
  });
  fs.copyFileSync(
    path.join(projectFolder, 'scripts', 'setup.mjs'),
    path.join(project, 'scripts', 'setup.mjs'),
  );
  for (const file of ['package-lock.json', 'requirements.txt'])
    fs.writeFileSync(path.join(project, file), '{}\n');
  return project;
}

export interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Run set-up of a small project with a PATH of our choice and a cache of its own. */
export function runSetup(
  project: string,
  args: readonly string[],
  env: Record<string, string> = {},
): Outcome {
  const run = spawnSync(process.execPath, [path.join(project, 'scripts', 'setup.mjs'), ...args], {
    encoding: 'utf8',
    cwd: project,
    env: { BEHAVIOR_LAB_CACHE: path.join(project, 'cache'), PATH: '', HOME: project, ...env },
  });
  return { status: run.status, stdout: run.stdout, stderr: run.stderr };
}
