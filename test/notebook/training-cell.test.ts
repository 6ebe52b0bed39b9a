import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { claimRun } from '../../lib/experiments/run-process';
import { projectRoot } from '../../lib/notebook/project-root';
import { trainingCell } from '../../lib/notebook/training-cell';
import { watchRun } from '../../lib/notebook/watch-run';
import { writeRunLog } from '../../lib/training/run-log';
import type { EpochRecord } from '../../lib/training/checkpoint';
import type { TrainingProgress } from '../../lib/training/train';

interface Sent {
  readonly data: Record<string, unknown>;
  readonly options?: { readonly id: string; readonly update: boolean };
}
const kernel = globalThis as Record<symbol, unknown>;
const displayKey = Symbol.for('behavior-lab.display');
const stoppableKey = Symbol.for('behavior-lab.stoppable');
let sent: Sent[];
let stoppable: Set<AbortController>;

/** Stands in for the kernel: keeps what would be shown, and interrupts. */
beforeEach(() => {
  vi.stubEnv('SMOKE', '1');
  sent = [];
  stoppable = new Set();
  kernel[displayKey] = (data: Sent['data'], options: Sent['options']) =>
    sent.push({ data, ...(options && { options }) });
  kernel[stoppableKey] = stoppable;
});
afterEach(() => {
  delete kernel[displayKey];
  delete kernel[stoppableKey];
  vi.unstubAllEnvs();
  vi.useRealTimers();
});
const interrupt = (): void => stoppable.forEach((controller) => controller.abort());

const texts = (): string[] => sent.map(({ data }) => String(data['text/plain']));
const lines = (): string[] => texts().filter((text) => !text.startsWith('[line chart]'));
const charts = (name: string): Sent[] =>
  sent.filter(({ data }) => data['text/plain'] === `[line chart] ${name}`);

const records = (epochs: number): EpochRecord[] =>
  Array.from({ length: epochs }, (_, i) => ({
    epoch: i + 1,
    loss: 3 - i,
    validation: i / 4,
    seconds: 1,
    learningRate: 0.001,
    gradientNorm: 1,
  }));
const at = (epoch: number, step: number): TrainingProgress => ({
  epoch,
  maxEpochs: 3,
  step,
  steps: 2,
  loss: 3,
  secondsLeft: 42,
  history: records(step === 0 ? epoch : epoch - 1),
});

describe('a cell that trains', () => {
  const figures = ['loss', 'validation'].map((name) =>
    join(projectRoot, `.lab/smoke/figures/of-a-training-${name}.svg`),
  );
  afterEach(() => figures.forEach((file) => rmSync(file, { force: true })));

  it('shows the time left, and curves that grow in their places and end as interactive ones with a file', async () => {
    const cell = trainingCell({ title: 'LSTM', metric: 'NDCG@10', file: 'of-a-training' });
    const clock = vi.spyOn(performance, 'now');
    let now = 0;
    clock.mockImplementation(() => now);
    for (const epoch of [1, 2, 3]) {
      for (const step of [1, 2, 0]) {
        now += 2500;
        cell.onProgress(at(epoch, step));
        await new Promise((wake) => setTimeout(wake, 100)); // a drawing takes its time
      }
    }
    clock.mockRestore();
    await cell.done({ history: records(3), bestEpoch: 3, stoppedBy: 'epochs' });

    expect(lines()[0]).toMatch(/^epoch 1\/3 \[#+\.+\] loss 3\.0000 at most 42 s left$/);
    expect(lines().at(-1)).toBe('trained 3 epochs; the best was 3, with a NDCG@10 of 0.5000');
    for (const name of ['LSTM: training loss', 'LSTM: validation']) {
      const drawn = charts(name);
      expect(drawn.length).toBeGreaterThan(2);
      expect(new Set(drawn.map(({ options }) => options!.id)).size).toBe(1);
      expect(drawn.map(({ options }) => options!.update)).toEqual(drawn.map((_, i) => i > 0));
      expect(drawn[0]!.data).not.toHaveProperty(['application/vnd.plotly.v1+json']);
      expect(drawn.at(-1)!.data).toHaveProperty(['application/vnd.plotly.v1+json']);
    }
    for (const file of figures) expect(existsSync(file)).toBe(true);
  });

  it('takes the curves away at the end where they are not to be kept', async () => {
    const cell = trainingCell({ title: 'LSTM', keep: false });
    cell.onProgress(at(2, 1));
    await vi.waitFor(() => expect(charts('LSTM: training loss')).toHaveLength(1));
    await cell.done({ history: records(2), bestEpoch: 2, stoppedBy: 'epochs' });
    const last = new Map(sent.map(({ data, options }) => [options?.id, data]));
    expect([...last.values()].filter((data) => 'image/svg+xml' in data)).toEqual([]);
    expect(() => trainingCell({ keep: false, file: 'x' })).toThrow(/not kept have no file/);
  });

  it('draws a burst of steps once', async () => {
    const cell = trainingCell({ title: 'LSTM' });
    for (let i = 0; i < 500; i++) cell.onProgress(at(2, 1));
    await vi.waitFor(() => expect(charts('LSTM: training loss')).toHaveLength(1));
    await new Promise((wake) => setTimeout(wake, 200));
    expect(sent).toHaveLength(3); // the line and two charts
  });

  it('hands an interrupt on, and says what came of it', async () => {
    const cell = trainingCell();
    expect(cell.signal.aborted).toBe(false);
    interrupt();
    expect(cell.signal.aborted).toBe(true);
    await cell.done({ history: records(2), bestEpoch: 2, stoppedBy: 'interrupt' });
    expect(lines().at(-1)).toMatch(
      /^stopped by the interrupt after 2 epochs; .* run the cell again to go on\.$/,
    );
  });
});

describe('watchRun', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'watch-'))));
  afterEach(() => rmSync(folder, { recursive: true }));
  const record = (status: string): void =>
    writeFileSync(
      join(folder, 'run.json'),
      JSON.stringify({ status, training: { bestEpoch: 2, history: records(3) } }),
    );
  const write = (epoch: number, step: number): void =>
    writeRunLog(join(folder, 'progress.ndjson'))(at(epoch, step));

  it('shows how far a run is, and does not wait, with follow: false', async () => {
    claimRun(folder);
    record('training');
    write(1, 0);
    write(2, 1);
    expect(await watchRun(folder, { follow: false, title: 'R' })).toBe('training');
    expect(lines()).toEqual([
      expect.stringMatching(/^epoch 2\/3 .* best validation 0\.0000 at most 42 s left$/),
    ]);
    expect(charts('R: training loss')).toHaveLength(1);
    expect(charts('R: validation')).toHaveLength(1);
  });

  it('follows it until it ends', async () => {
    const release = claimRun(folder);
    const watching = watchRun(folder, { title: 'R' });
    await vi.waitFor(() => expect(lines()[0]).toMatch(/reads its data/));
    record('training');
    write(1, 0);
    await vi.waitFor(() => expect(lines().at(-1)).toMatch(/^epoch 1\/3/), 3000);
    write(3, 0);
    record('finished');
    release();
    expect(await watching).toBe('finished');
    expect(lines().at(-1)).toBe(`Finished: best epoch 2 of 3. Everything is in ${folder}`);
    expect(charts('R: validation').at(-1)!.data).toHaveProperty(['application/vnd.plotly.v1+json']);
  });

  it('ends by an interrupt, which leaves the run alone', async () => {
    const release = claimRun(folder);
    record('training');
    write(1, 0);
    const watching = watchRun(folder);
    interrupt();
    expect(await watching).toBe('training');
    expect(lines().at(-1)).toContain(
      `No longer watched; the run goes on. Watch it again: watchRun('${folder}')`,
    );
    release();
  });

  it('says that a run has died', async () => {
    record('training');
    write(1, 0);
    writeFileSync(join(folder, 'log.txt'), 'Killed\n');
    expect(await watchRun(folder)).toBe('died');
    expect(lines().at(-1)).toMatch(
      /The run died: .*\n {2}Killed\nGo on with: npm run experiment -- --resume/,
    );
  });
});
