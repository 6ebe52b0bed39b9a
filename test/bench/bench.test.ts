import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { catalogue, groups } from '../../bench/catalogue';
import { bestOf, compare, median } from '../../bench/compare';
import { takeTurns, type Measured } from '../../bench/measure';
import { startProgram } from '../../bench/program';
import { comparisonTable, saveGroup } from '../../bench/report';
import { checkWork, largestDifference, measureWork, watchMemory } from '../../bench/run-work';
import type { Side } from '../../bench/sides';
import { fakeProgram, fakeWork } from './fake-programs';

const folder = mkdtempSync(join(tmpdir(), 'bench-test-'));
const quiet = (): void => {};
let logs = 0;
const newLog = (): string => join(folder, `log-${logs++}.txt`);
const linesOf = (log: string): string[] => readFileSync(log, 'utf8').trim().split('\n');
const opened = { way: 'fake', tried: {}, versions: {} };

/** A side whose programs answer with these times: one list for each number of threads. */
const side = (log: string, name: Side['name'], ...ms: readonly number[][]): Side => ({
  name,
  threads: ms.map((_, index) => index + 1),
  device: 'cpu',
  start: (threads) => fakeProgram(log, `${name}-${threads}`, ms[threads - 1]!),
});

const measured = (name: string, threads: number, samples: readonly number[]): Measured => ({
  side: name,
  threads,
  opened,
  samples,
});

describe('the rows', () => {
  it('hold minima over both numbers of threads, and their ratio', () => {
    const [row] = compare({ ...fakeWork, peers: ['pytorch'] }, [
      measured('ours', 1, [30, 20, 40]),
      measured('ours', 2, [25, 10, 90]),
      measured('pytorch', 1, [40, 60, 50]),
      measured('pytorch', 2, [70, 80, 90]),
    ]);
    expect(row).toMatchObject({ name: 'add', peer: 'pytorch', ours: 10, theirs: 40, ratio: 0.25 });
    // Medians 30 and 25 of ours, 50 and 80 of theirs: the smaller of each.
    expect(row).toMatchObject({ oursMedian: 25, theirsMedian: 50, medianRatio: 0.5 });
    expect(row).toMatchObject({ oursThreads: 2, theirsThreads: 1 });
  });

  it('never show a tuned peer slower than the plain one', () => {
    const rows = compare(fakeWork, [
      measured('ours', 1, [10]),
      measured('pytorch', 1, [20]),
      measured('pytorch-tuned', 1, [25]),
    ]);
    expect(rows.map(({ theirs }) => theirs)).toEqual([20, 20]);
  });

  it('are refused for a side without samples', () => {
    expect(() => compare(fakeWork, [measured('ours', 1, [10])])).toThrow("add: 'pytorch' has no samples");
  });

  it('take the mean of two middles as the median', () => {
    expect([median([3, 1, 2]), median([4, 1, 2, 3])]).toEqual([2, 2.5]);
    expect(bestOf([measured('ours', 2, [5, 4])])).toEqual({ minimum: 4, median: 4.5, threads: 2 });
  });
});

describe('the rounds', () => {
  it('let the programs take turns and discard the first round', async () => {
    const log = newLog();
    const sides = [side(log, 'ours', [99, 1, 2], [99, 3, 4]), side(log, 'pytorch', [99, 5, 6])];
    const work = { ...fakeWork, peers: ['pytorch'] as const };
    const result = await measureWork(work, sides, 2, quiet);
    expect(result.map(({ side, threads, samples }) => [side, threads, samples])).toEqual([
      ['ours', 1, [1, 2]],
      ['ours', 2, [3, 4]],
      ['pytorch', 1, [5, 6]],
    ]);
    const round = ['ours-1 run', 'ours-2 run', 'pytorch-1 run'];
    expect(linesOf(log)).toEqual([
      'ours-1 open',
      'ours-1 write',
      'ours-2 open',
      'pytorch-1 open',
      ...round,
      ...round,
      ...round,
    ]);
    expect(result[1]!.opened.versions).toEqual({ threads: '2' });
  });

  it('discard the first sample of a turn of three or more, and count in the unit of the work', async () => {
    const program = startProgram(fakeProgram(newLog(), 'ours', [100, 1, 2, 3]));
    const runner = { side: 'ours', threads: 1, program, opened };
    const [result] = await takeTurns({ ...fakeWork, turn: 3, scale: 10 }, [runner], 2);
    await program.end();
    expect(result!.samples).toEqual([10, 20, 30, 10, 20, 30]);
  });

  it('stop with what a program said when it ends', async () => {
    const source = "console.error('no module named torch'); process.exit(3)";
    const program = startProgram({ command: process.execPath, args: ['-e', source], env: process.env });
    await expect(program.ask({ do: 'check' })).rejects.toThrow(/exit code 3[^]*no module named torch/);
    await program.end();
  });

  it('stop with what a program answers when it cannot do a thing', async () => {
    const program = startProgram(fakeProgram(newLog(), 'ours', [1]));
    await program.ask({ do: 'memory' });
    await program.end();
    await expect(program.ask({ do: 'memory' })).rejects.toThrow('ended');
    const failing = startProgram({
      command: process.execPath,
      args: ['-e', `process.stdin.on('data', () => console.log('{"error":"out of memory"}'))`],
      env: process.env,
    });
    await expect(failing.ask({ do: 'check' })).rejects.toThrow("cannot 'check':\nout of memory");
    await failing.end();
  });
});

describe('the check', () => {
  it('compares what a peer computes with ours, value by value', async () => {
    const log = newLog();
    const sides = [
      side(log, 'ours', [4, 2]),
      side(log, 'pytorch', [4, 2.5]),
      side(log, 'pytorch-tuned', [4, 2]),
    ];
    const differences = await checkWork(fakeWork, sides, quiet);
    expect(differences).toEqual([
      { peer: 'pytorch', way: 'fake', first: 0, largest: 0.25, values: 2 },
      { peer: 'pytorch-tuned', way: 'fake', first: 0, largest: 0, values: 2 },
    ]);
  });

  it('opens a work with the settings that it names for a check', async () => {
    const source = `let settings;
      require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
        const request = JSON.parse(line);
        settings ??= request.settings;
        console.log(JSON.stringify({ values: { echo: [settings.width, settings.batches] } }));
      });`;
    const echo: Side = {
      name: 'pytorch',
      threads: [1],
      device: 'cpu',
      start: () => ({ command: process.execPath, args: ['-e', source], env: process.env }),
    };
    const work = { ...fakeWork, checkedWith: { width: 7 } };
    const [difference] = await checkWork(work, [side(newLog(), 'ours', [7, 2]), echo], quiet);
    expect(difference).toMatchObject({ way: 'echo', largest: 0, values: 2 });
  });

  it('takes a missing or a broken value for no agreement at all', () => {
    expect(largestDifference([1, 2], [1])).toBe(Infinity);
    expect(largestDifference([], [])).toBe(Infinity);
    expect(largestDifference([1], [NaN])).toBe(Infinity);
    expect(largestDifference([200], [100])).toBe(0.5);
  });
});

describe('the memory watch', () => {
  it('tells growth from the early to the late step', async () => {
    const growth = await watchMemory(fakeWork, side(newLog(), 'ours', [1]), { early: 200, late: 400 }, quiet);
    expect(growth).toMatchObject({ rssMB: [102, 104], tensors: [7, 7] });
    expect(growth.growthPercent).toBeCloseTo(100 * (104 / 102 - 1), 10);
  });
});

describe('the report', () => {
  it('prints a table and writes rows, protocol and a chart', async () => {
    const times = [measured('ours', 1, [10, 12]), measured('pytorch', 1, [20, 30])];
    const work = { ...fakeWork, peers: ['pytorch'] as const };
    const comparisons = compare(work, times);
    expect(comparisonTable(comparisons)).toMatch(
      /add +pytorch +ms +10\.0 +20\.0 +0\.50 +11\.0 +25\.0 +0\.44 +1 \/ 1/,
    );
    const files = await saveGroup('engine', [{ work, measured: times, comparisons }], 2, folder);
    expect(files.every((file) => existsSync(file))).toBe(true);
    const [, rows, protocol] = files.map((file) => readFileSync(file, 'utf8'));
    expect(JSON.parse(rows!)).toEqual([
      { name: 'add', peer: 'pytorch', unit: 'ms', ours: 10, theirs: 20, ratio: 0.5 },
    ]);
    expect(JSON.parse(protocol!)).toMatchObject({
      repeats: 2,
      works: [
        { name: 'add', settings: { width: 2 }, programs: [{ side: 'ours', way: 'fake', samples: 2 }, {}] },
      ],
    });
  });
});

describe('the catalogue', () => {
  it('has the works of the tables, each name once', () => {
    const names = catalogue.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(groups).toEqual(['engine', 'clustering', 'preprocessing', 'evaluation', 'recommendation']);
    const tables = ['lstm-step', 'gru-step', 'sasrec-step', 'bert-step', 'encode-lstm', 'full-ranking'];
    for (const name of [
      ...tables,
      'events-10m-cpu',
      'events-10m-memory',
      'ranking-metrics',
      'ranking-metrics-memory',
      'als',
      'itemknn',
      'topn',
      'nearest-index',
      'deepfm-step',
      'clicks',
    ])
      expect(names).toContain(name);
  });
});

describe('npm run bench', () => {
  const root = join(__dirname, '..', '..');
  const bench = (
    env: NodeJS.ProcessEnv,
    ...args: string[]
  ): { status: number | null; stdout: string; stderr: string } =>
    spawnSync(
      process.execPath,
      ['-r', 'ts-node/register/transpile-only', join(root, 'bench', 'bench.ts'), ...args],
      { cwd: root, encoding: 'utf8', env: { ...process.env, ...env } },
    );

  it('lists groups and works, and refuses others in one sentence', () => {
    const help = bench({}, '--help');
    expect(help.status).toBe(0);
    expect(help.stdout).toContain('engine, clustering, preprocessing, evaluation, recommendation');
    const wrong = bench({}, 'engines');
    expect(wrong.status).toBe(1);
    expect(wrong.stderr.trim()).toBe(
      "there is no group 'engines'. The groups are engine, clustering, preprocessing, evaluation, recommendation.",
    );
  });

  it('takes no times of a whole training, and says so', () => {
    const { status, stderr } = bench({}, '--only', 'clicks');
    expect(status).toBe(1);
    expect(stderr.trim()).toBe(
      'Left out, as it is compared by what it comes to and not by its time: clicks. Add --check.',
    );
  });

  it('says which works no GPU does, and that none is in use here', () => {
    const other = bench({}, 'clustering', '--gpu');
    expect(other.status).toBe(1);
    expect(other.stderr.trim()).toMatch(/^kmeans, .*: not done on a GPU\. The group engine is\.$/);
    const without = bench(
      { CUDA_VISIBLE_DEVICES: '-1' },
      '--only',
      'lstm-step',
      '--gpu',
      '--python',
      process.execPath,
    );
    expect(without.status).toBe(1);
    expect(without.stderr).toContain('no GPU is in use.');
  });

  it('says which peers the works have', () => {
    const { status, stderr } = bench({}, '--only', 'pca', '--peer', 'pytorch');
    expect(status).toBe(1);
    expect(stderr.trim()).toBe("no work has the peer 'pytorch'. These have scikit-learn.");
  });

  it('says which data a work lacks', () => {
    const { status, stderr } = bench(
      { BEHAVIOR_LAB_DATA: folder, BEHAVIOR_LAB_CACHE: folder },
      '--only',
      'fpgrowth',
    );
    expect(status).toBe(1);
    expect(stderr.trim()).toBe(
      'Left out, for want of its data: fpgrowth (groceries/groceries.csv.gz). Name the folder that holds them in BEHAVIOR_LAB_DATA.',
    );
  });
});
