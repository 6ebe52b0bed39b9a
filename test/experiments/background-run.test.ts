import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lstmDefaults } from '../../lib/encoders/lstm';
import { settingsOf, type ExperimentSettings } from '../../lib/experiments/run-experiment';
import { isAlive, processOf } from '../../lib/experiments/run-process';
import { runStatus } from '../../lib/experiments/run-status';
import { startRun } from '../../lib/experiments/start-run';
import { stopRun } from '../../lib/experiments/stop-run';
import { trainingDefaults } from '../../lib/experiments/train-encoder';
import { readRunLog } from '../../lib/training/run-log';

const root = join(__dirname, '..', '..');
const folder = mkdtempSync(join(tmpdir(), 'background-'));
const data = join(folder, 'circle.txt');
const command = (script: string, ...args: string[]): string[] => [
  '-r',
  'ts-node/register/transpile-only',
  join(root, 'scripts', script),
  ...args,
];
const watch = (...args: string[]) =>
  spawnSync(process.execPath, command('watch.ts', ...args), { cwd: root, encoding: 'utf8' });

/** Far more epochs than a test waits for. */
const settings: ExperimentSettings = {
  data: { file: data, format: 'sequences' },
  encoder: 'lstm',
  config: { width: 8, numLayers: lstmDefaults.numLayers, dropoutRate: lstmDefaults.dropoutRate },
  length: 5,
  training: { ...trainingDefaults, maxEpochs: 100_000, patience: 100_000, batchSize: 16 },
};
/** The same as arguments. */
const asArguments = [
  ...['--data', data, '--format', 'sequences', '--width', '8', '--length', '5'],
  ...['--epochs', '100000', '--patience', '100000', '--batch', '16'],
];
const epochs = (run: string): number => readRunLog(join(run, 'progress.ndjson')).latest?.history.length ?? 0;
const until = async (what: () => boolean): Promise<void> => {
  for (const end = Date.now() + 40_000; !what();) {
    if (Date.now() > end) throw new Error(`waited in vain: ${what.toString()}`);
    await new Promise((wake) => setTimeout(wake, 50));
  }
};

beforeAll(() => {
  const users = Array.from({ length: 40 }, (_, user) => {
    const items = Array.from({ length: 6 }, (_, step) => 1 + ((user + step) % 9));
    return [`u${user}`, ...items].join(' ');
  });
  writeFileSync(data, users.join('\n'));
});
afterAll(() => {
  const left = processOf(join(folder, 'run'));
  if (left && isAlive(left)) process.kill(left.pid, 'SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

describe('a run in the background', () => {
  const out = join(folder, 'run');

  it('that could not begin says why', async () => {
    startRun({ ...settings, data: { ...settings.data, file: join(folder, 'no-such-file') } }, out);
    expect(runStatus(out).state).toBe('starting');
    await until(() => runStatus(out).state === 'died');
    const { status, stdout } = watch(out);
    expect(status).toBe(1);
    expect(stdout).toMatch(/^The run died: [^]*no-such-file/);
  });

  it('goes on when whoever started it is killed, and refuses a second start', async () => {
    // In the folder of the run that could not begin: what was wrong is put right now. A terminal that is closed, and a
    // kernel that is ended, take their group of processes with them.
    const script = `"$@"; echo "status $?"; sleep 100`;
    const start = [
      process.execPath,
      ...command('experiment.ts', ...asArguments, '--out', out, '--background'),
    ];
    const terminal = spawn('sh', ['-c', script, 'sh', ...start], { cwd: root, detached: true });
    let said = '';
    terminal.stdout.on('data', (text: Buffer) => (said += text.toString()));
    await until(() => said.includes('status'));
    process.kill(-terminal.pid!, 'SIGKILL');
    expect(said).toMatch(
      new RegExp(`^Process \\d+ does it in the background.\nWatch it: npm run watch -- ${out}\n`),
    );
    expect(said).toContain('status 0');
    await until(() => epochs(out) > 1);
    const { state, process: worker } = runStatus(out);
    expect(state).toBe('training');
    expect(said).toContain(`Process ${worker!.pid} `);
    expect(() => startRun(settings, out)).toThrow(
      new RegExp(`process ${worker!.pid} has been working on this run`),
    );
    const before = epochs(out);
    await until(() => epochs(out) > before);
  });

  it('is shown in a terminal, whose Ctrl-C leaves it alone', async () => {
    const once = watch(out, '--once');
    expect(once.stdout).toMatch(
      /^epoch \d+\/100000 \[[#.]+\] loss .* at most .* left\nWritten .*Process \d+\.\n$/,
    );
    const follow = spawn(process.execPath, command('watch.ts', out), { cwd: root });
    let said = '';
    follow.stdout.on('data', (text: Buffer) => (said += text.toString()));
    const ended = new Promise((resolve) => follow.once('exit', resolve));
    await until(() => said.includes('best validation'));
    follow.kill('SIGINT');
    expect(await ended, said).toBe(0);
    expect(said).toContain(`The run goes on. Watch it again: npm run watch -- ${out}`);
    expect(runStatus(out).state).toBe('training');
  });

  it('stops after the step at hand with a checkpoint when it is asked to, and goes on from there', async () => {
    const { state, record } = await stopRun(out);
    expect(state).toBe('interrupted');
    const stoppedAfter = record!.training!.history.length;
    expect(stoppedAfter).toBeGreaterThan(1);
    expect(existsSync(join(out, 'checkpoints', 'last.safetensors'))).toBe(true);
    expect(existsSync(join(out, 'process.json'))).toBe(false);
    const { status, stdout } = watch(out);
    expect(status).toBe(0);
    expect(stdout).toContain(`Go on with: npm run experiment -- --resume ${out}`);
    await expect(stopRun(out)).rejects.toThrow(/nobody works on this run; it is interrupted/);
    const same = settingsOf(out);
    expect(() => startRun({ ...same, length: 6 }, out)).toThrow(/an interrupted run with other settings/);

    startRun(Object.fromEntries(Object.entries(same).reverse()) as unknown as ExperimentSettings, out);
    await until(() => epochs(out) > stoppedAfter);
    // Not one epoch twice, not one missing.
    const { history } = readRunLog(join(out, 'progress.ndjson')).latest!;
    expect(history.map(({ epoch }) => epoch)).toEqual(history.map((_, i) => i + 1));
  });

  it('that dies is said to have died', async () => {
    process.kill(processOf(out)!.pid, 'SIGKILL');
    await until(() => runStatus(out).process === null);
    const { status, stdout } = watch(out);
    expect(status).toBe(1);
    expect(stdout).toMatch(
      /The run died: [^]*epoch \d+\/100000[^]*Go on with: npm run experiment -- --resume/,
    );
  });
});
