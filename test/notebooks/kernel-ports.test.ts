import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root, writeNotebook } from './fixture';

/** The runner, with the given port of its first kernel held by somebody else. */
const runnerWithAPortTaken = `
import socket, sys
sys.path.insert(0, "scripts/notebooks")
import execute_notebook
from nbclient import NotebookClient

port = sys.argv.pop(1)
create = NotebookClient.create_kernel_manager
taken = socket.socket()
taken.bind(("127.0.0.1", 0))
taken.listen()
managers = []

def create_kernel_manager(client):
    manager = create(client)
    if not managers:
        manager.cache_ports = False  # or others are chosen instead
        setattr(manager, port, taken.getsockname()[1])
    managers.append(manager)
    client.km = manager
    return manager

NotebookClient.create_kernel_manager = create_kernel_manager
status = execute_notebook.main()
print(len(managers), "kernels")
sys.exit(status)
`;

describe('a port of the kernel that another program took', () => {
  let folder: string;
  beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'behavior-lab-ports-'))));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each(['shell_port', 'iopub_port'])('%s: the kernel ends and the next one runs the notebook', (port) => {
    const source = writeNotebook(folder, port, ['console.log("it ran");']);
    const target = join(folder, `${port}-ran.ipynb`);
    const python = process.env.BEHAVIOR_LAB_PYTHON ?? join(root, '.venv', 'bin', 'python');
    const args = ['-c', runnerWithAPortTaken, port, source, target, '--cwd', root, '--timeout', '60'];
    const run = spawnSync(python, args, { cwd: root, encoding: 'utf8', timeout: 120_000 });
    expect(run.stderr).toMatch(/The kernel cannot use tcp:\/\/127\.0\.0\.1:\d+: Address already in use/);
    expect(run.stdout).toContain('2 kernels');
    expect(run.status, run.stderr).toBe(0);
    expect(existsSync(target) && readFileSync(target, 'utf8')).toContain('"it ran\\n"');
  });
});
