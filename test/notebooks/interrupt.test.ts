import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { jupyterEnvironment, python } from '../../scripts/notebooks/jupyter.mjs';
import { root } from './fixture';

const folder = mkdtempSync(join(tmpdir(), 'interrupt-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const out = join(folder, 'run');

/** Executes cells in the project's kernel and interrupts each as soon as its output shows what to wait for. */
const program = `
import json, sys, time
from jupyter_client import KernelManager
from jupyter_client.kernelspec import KernelSpec

launcher, cells = sys.argv[1], json.loads(sys.argv[2])
argv = ["node", launcher, "kernel", "--config-path", "{connection_file}"]
manager = KernelManager()
manager._kernel_spec = KernelSpec(argv=argv, display_name="TypeScript", language="typescript")
manager.start_kernel()
client = manager.client()
client.start_channels()
try:
    client.wait_for_ready(timeout=60)
    results = []
    for cell in cells:
        request = client.execute(cell["code"])
        shown, reply, interrupted, until = [], None, False, time.monotonic() + 60
        while time.monotonic() < until:
            message = client.get_iopub_msg(timeout=60)
            if message["parent_header"].get("msg_id") != request:
                continue
            content = message["content"]
            text = content.get("text") or content.get("data", {}).get("text/plain", "")
            if text:
                shown.append(text)
            if message["msg_type"] == "error":
                shown.append(content["evalue"])
            if cell.get("waitFor") and cell["waitFor"] in text and not interrupted:
                interrupted = True
                manager.interrupt_kernel()
            if message["msg_type"] == "status" and content["execution_state"] == "idle":
                break
        while reply is None or reply["parent_header"].get("msg_id") != request:
            reply = client.get_shell_msg(timeout=30)  # first the answers to being asked whether it is ready
        results.append({"status": reply["content"]["status"], "shown": shown, "interrupted": interrupted})
    print(json.dumps(results))
finally:
    client.stop_channels()
    manager.shutdown_kernel(now=True)
`;

interface Result {
  readonly status: string;
  readonly shown: readonly string[];
  readonly interrupted: boolean;
}

const data = join(folder, 'circle.txt');
const training = `
import { runExperiment } from 'behavior-lab/experiments/run-experiment';
import { trainingDefaults } from 'behavior-lab/experiments/train-encoder';
import { trainingCell } from 'behavior-lab/notebook/training-cell';

const cell = trainingCell({ title: 'LSTM', metric: 'NDCG@10' });
const record = await runExperiment({
  data: { file: ${JSON.stringify(data)}, format: 'sequences' }, encoder: 'lstm',
  config: { width: 8 }, length: 5,
  training: { ...trainingDefaults, maxEpochs: 100_000, patience: 100_000, batchSize: 16 },
}, ${JSON.stringify(out)}, { onProgress: cell.onProgress, signal: cell.signal });
await cell.done(record.training!);
console.log(record.status);`;
const watching = `
import { watchRun } from 'behavior-lab/notebook/watch-run';
await watchRun(${JSON.stringify(out)});`;

describe("Jupyter's interrupt, sent to the project's kernel", () => {
  let results: Result[] = [];
  beforeAll(() => {
    const users = Array.from({ length: 40 }, (_, user) => {
      const items = Array.from({ length: 6 }, (_, step) => 1 + ((user + step) % 9));
      return [`u${user}`, ...items].join(' ');
    });
    writeFileSync(data, users.join('\n'));
    const cells = [
      { code: training, waitFor: 'best validation' },
      { code: 'record.training!.history.length > 0' },
      { code: watching },
    ];
    const launcher = join(root, 'scripts', 'kernel', 'tslab-kernel.cjs');
    const { stdout, stderr } = spawnSync(python(), ['-c', program, launcher, JSON.stringify(cells)], {
      cwd: root,
      encoding: 'utf8',
      env: jupyterEnvironment({ SMOKE: '' }),
      timeout: 110_000,
    });
    if (!stdout) throw new Error(stderr);
    results = JSON.parse(stdout) as Result[];
  });

  it('stops a training after the step at hand, with a checkpoint, and the cell says so', () => {
    const [cell] = results;
    expect(cell).toMatchObject({ status: 'ok', interrupted: true });
    const said = cell!.shown.join('\n');
    expect(said).toContain('Stopping at the next safe point');
    expect(said).toMatch(
      /stopped by the interrupt after \d+ epochs; the best was .* run the cell again to go on/,
    );
    expect(said).toMatch(/\ninterrupted\n/);
    expect(existsSync(join(out, 'checkpoints', 'last.safetensors'))).toBe(true);
  });

  it('leaves a kernel that works, with what the training gave', () => {
    expect(results[1]).toMatchObject({ status: 'ok', shown: [expect.stringContaining('true')] });
  });

  it('leaves a run that a cell tells how to go on with', () => {
    expect(results[2]!.shown.join('\n')).toMatch(/Stopped after \d+ epochs, with a checkpoint\. Go on with/);
  });
});
