import { spawn, spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { createRng } from '../../lib/base/random';
import type { RunRecord } from '../../lib/experiments/run-record';

const root = join(__dirname, '..', '..');
const folder = mkdtempSync(join(tmpdir(), 'experiment-'));
const command = (script: string): string[] => [
  '-r',
  'ts-node/register/transpile-only',
  join(root, 'scripts', script),
];
const run = (script: string, args: string[]): SpawnSyncReturns<string> =>
  spawnSync(process.execPath, [...command(script), ...args], { cwd: root, encoding: 'utf8' });

/** 60 users walking round a circle of 12 items: what comes next can be learned. */
function circle(): string {
  const rng = createRng(1);
  return Array.from({ length: 60 }, (_, user) => {
    const start = rng.integer(12);
    return [`u${user}`, ...Array.from({ length: 8 }, (_, step) => 1 + ((start + step) % 12))].join(' ');
  }).join('\n');
}

const data = join(folder, 'circle.txt.gz');
const small = [
  '--format',
  'sequences',
  '--width',
  '16',
  '--length',
  '5',
  '--batch',
  '16',
  '--lr',
  '0.02',
  '--seed',
  '3',
];
const record = (out: string): RunRecord =>
  JSON.parse(readFileSync(join(out, 'run.json'), 'utf8')) as RunRecord;
const bits = (out: string): string => readFileSync(join(out, 'weights.safetensors')).toString('hex');

beforeAll(() => {
  writeFileSync(data, gzipSync(circle()));
});

describe('npm run experiment', () => {
  const out = join(folder, 'run');

  it('trains, measures beside the baselines, and leaves a folder from which the metrics can be recomputed', () => {
    const { status, stdout, stderr } = run('experiment.ts', [
      '--data',
      data,
      '--epochs',
      '10',
      '--out',
      out,
      ...small,
    ]);
    expect(status, stderr).toBe(0);
    expect(readdirSync(out).sort()).toEqual([
      'config.json',
      'progress.ndjson',
      'ranks.csv',
      'run.json',
      'tensorboard',
      'vocabulary.json',
      'weights.safetensors',
    ]);
    const { results, status: state, data: source } = record(out);
    expect(state).toBe('finished');
    expect(stderr).toMatch(/^compiled \d+ operations for \d shapes of batch/m);
    expect(source.counts).toMatchObject({ users: 60, items: 12, events: 480, usersEvaluated: 60 });
    expect(results.map(({ name }) => name)).toEqual(['popularity', 'untrained lstm', 'lstm']);
    for (const { metrics } of results)
      for (const { protocol, value, interval } of metrics) {
        expect(protocol.data.sha256).toBe(source.sha256);
        // Where all users have the same there is none.
        if (interval) expect(interval.low <= value && value <= interval.high).toBe(true);
      }
    expect(results[0]!.metrics.at(-1)!.interval).not.toBeNull();

    const rows = readFileSync(join(out, 'ranks.csv'), 'utf8')
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => line.split(','));
    const ranks = rows.map(([, , rank]) => Number(rank));
    const mean = (of: (rank: number) => number): number =>
      ranks.reduce((sum, rank) => sum + of(rank), 0) / ranks.length;
    const said = (name: string): number => results[2]!.metrics.find(({ metric }) => metric === name)!.value;
    expect(said('MRR')).toBeCloseTo(
      mean((rank) => 1 / rank),
      9,
    );
    expect(said('HR@5')).toBeCloseTo(
      mean((rank) => Number(rank <= 5)),
      9,
    );
    expect(said('NDCG@10')).toBeCloseTo(
      mean((rank) => (rank <= 10 ? 1 / Math.log2(rank + 1) : 0)),
      9,
    );
    for (const [, target, rank, top] of rows) expect(top!.split(' ')[Number(rank) - 1]).toBe(target);
    // The walk is deterministic: a model that learned it puts nearly every next item first, and beats the others.
    expect(said('MRR')).toBeGreaterThan(0.95);
    for (const index of [0, 1]) {
      expect(results[index]!.metrics.find(({ metric }) => metric === 'MRR')!.value).toBeLessThan(0.9);
    }
    expect(stdout).toMatch(/popularity[\s\S]*untrained lstm[\s\S]*lstm/);
  });

  it('killed by SIGKILL after 4 of 10 epochs and resumed ends with the same bits', async () => {
    const killed = join(folder, 'killed');
    const args = ['--data', data, '--epochs', '10', '--out', killed, ...small];
    const child = spawn(process.execPath, [...command('experiment.ts'), ...args], {
      cwd: root,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    await new Promise<void>((resolve, reject) => {
      child.stderr.on('data', (text: Buffer) => {
        if (text.toString().includes('epoch 4/10')) child.kill('SIGKILL');
      });
      child.on('exit', (_, signal) =>
        signal === 'SIGKILL' ? resolve() : reject(new Error('it ended before it was killed')),
      );
    });
    expect(record(killed).status).toBe('training');
    expect(existsSync(join(killed, 'weights.safetensors'))).toBe(false);
    expect(existsSync(join(killed, 'checkpoints', 'last.safetensors'))).toBe(true);
    const { status, stderr } = run('experiment.ts', ['--resume', killed]);
    expect(status, stderr).toBe(0);
    expect(stderr).toMatch(/^compiled \d+ operations/m);
    // The signal may come an epoch late: these are done in milliseconds. test/training/killed.test.ts counts exactly.
    const went = [...stderr.matchAll(/^epoch (\d+)\/10 /gm)].map(([, epoch]) => Number(epoch));
    expect(went[0]).toBeGreaterThanOrEqual(5);
    expect(went).toEqual(Array.from({ length: 11 - went[0]! }, (_, index) => went[0]! + index));
    const course = (of: string): unknown =>
      record(of).training!.history.map(({ epoch, loss, validation, gradientNorm }) => [
        epoch,
        loss,
        validation,
        gradientNorm,
      ]);
    expect(course(killed)).toEqual(course(out));
    expect(course(killed)).toHaveLength(10);
    expect(bits(killed)).toBe(bits(out));
    expect(readFileSync(join(killed, 'ranks.csv'), 'utf8')).toBe(
      readFileSync(join(out, 'ranks.csv'), 'utf8'),
    );
  });

  it('stopped by Ctrl-C says how to go on, and keeps what it has', async () => {
    const stopped = join(folder, 'stopped');
    const args = ['--data', data, '--epochs', '500', '--patience', '500', '--out', stopped, ...small];
    const child = spawn(process.execPath, [...command('experiment.ts'), ...args], {
      cwd: root,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    child.stderr.on('data', (text: Buffer) => {
      said += text.toString();
      if (said.includes('epoch 3/500') && !said.includes('Stopping')) child.kill('SIGINT');
    });
    const code = await new Promise((resolve) => child.on('exit', resolve));
    expect(code, said).toBe(130);
    expect(said).toContain(`Go on with: npm run experiment -- --resume ${stopped}`);
    const { status, training } = record(stopped);
    expect(status).toBe('interrupted');
    expect(training!.history.length).toBeGreaterThanOrEqual(3);
    expect(existsSync(join(stopped, 'checkpoints', 'last.safetensors'))).toBe(true);
  });

  it.each([
    [['--data', data, '--format', 'sequences', '--out', out], /holds a finished run\. Choose another --out/],
    [['--resume', out, '--encoder', 'lstm'], /--resume takes no --encoder/],
    [['--data', 'no-such-file', '--format', 'pairs', '--out', join(folder, 'x')], /no-such-file/],
    [
      ['--data', data, '--format', 'tables', '--out', join(folder, 'x')],
      /--format is 'tables'\. Choose one of/,
    ],
    [
      ['--data', data, '--format', 'pairs', '--out', join(folder, 'x'), '--epochs', 'many'],
      /--epochs is 'many'/,
    ],
    [
      [
        '--data',
        data,
        '--format',
        'pairs',
        '--out',
        join(folder, 'x'),
        '--optimiser',
        'sgd',
        '--weight-decay',
        '1',
      ],
      /--weight-decay is no setting of sgd\. sgd takes --lr, --l2, --momentum/,
    ],
    [
      ['--data', data, '--format', 'pairs', '--out', join(folder, 'x'), '--warmup', '2'],
      /--warmup needs a schedule\. Add --schedule/,
    ],
    [
      ['--data', data, '--format', 'pairs', '--out', join(folder, 'x'), '--engine', 'rocket'],
      /--engine is 'rocket'\. Choose one of graph, eager/,
    ],
    [
      ['--data', data, '--format', 'pairs', '--out', join(folder, 'x'), '--epoch', '3'],
      /Unknown option '--epoch'/,
    ],
  ])('answers %j with one clear sentence and exit code 1', (args, sentence) => {
    const { status, stderr } = run('experiment.ts', args);
    expect(status).toBe(1);
    expect(stderr).toMatch(sentence);
    expect(stderr).not.toMatch(/\n\s+at /);
  });
});

describe("a file of one's own", () => {
  it('may be a CSV without a header, with its own words for behaviours and seconds for times', () => {
    const csv = join(folder, 'log.csv');
    const rows = circle()
      .split('\n')
      .flatMap((line, user) => {
        const [userId, ...items] = line.split(' ');
        return items.map((item, step) =>
          [userId, item, step % 2 ? 'pv' : 'buy', 1_500_000_000 + 1000 * user + step].join(';'),
        );
      });
    // The last event first: times decide the order, not the rows.
    // One row stands twice.
    writeFileSync(csv, [...rows.reverse(), rows[0]].join('\n'));
    const out = join(folder, 'csv-run');
    const { status, stderr } = run('experiment.ts', [
      ...['--data', csv, '--format', 'csv', '--header', 'who,what,how,when', '--delimiter', ';'],
      ...['--columns', 'user=who,item=what,behavior=how,time=when', '--time-unit', 's'],
      ...['--behavior-names', 'pv=click,buy=purchase', '--epochs', '1', '--width', '4', '--out', out],
      ...['--drop-duplicates', '--min-user-events', '2'],
    ]);
    expect(status, stderr).toBe(0);
    expect(stderr).toMatch(/1 rows dropped by cleaning: exact duplicate \(first: row 481 of the data\)/);
    const cuts = record(out).results.flatMap(({ metrics }) => metrics.map(({ protocol }) => protocol.cut));
    expect(new Set(cuts)).toEqual(new Set(['dropDuplicates, minEventsPerUser 2']));
    expect(stderr).toMatch(/rows were not in time order: sorted/);
    expect(record(out).data.counts).toMatchObject({ users: 60, items: 12, events: 480 });
    const targets = readFileSync(join(out, 'ranks.csv'), 'utf8').trim().split('\n').slice(1);
    const wanted = new Map(
      circle()
        .split('\n')
        .map((line) => [line.split(' ')[0], line.split(' ').at(-1)]),
    );
    for (const line of targets) expect(line.split(',')[1]).toBe(wanted.get(line.split(',')[0]));
  });
});

describe('another encoder, another loss', () => {
  it.each([
    ['rnn', '--layers', '2', '--loss', 'bpr', '--negatives', '5'],
    ['gru', '--layers', '2', '--loss', 'sampled-softmax', '--negatives', '8'],
    [
      'sasrec',
      '--blocks',
      '1',
      '--heads',
      '4',
      '--positions',
      'relative',
      '--loss',
      'gbce',
      '--negatives',
      '5',
    ],
    ['caser', '--window', '3', '--dropout', '.1', '--loss', 'bce', '--negatives', '5'],
  ])('%s learns the circle', (encoder, ...more) => {
    const out = join(folder, encoder);
    const args = ['--data', data, '--epochs', '20', '--out', out, '--encoder', encoder, ...small, ...more];
    const { status, stderr } = run('experiment.ts', args);
    expect(status, stderr).toBe(0);
    expect(stderr).toMatch(/^compiled \d+ operations for \d shapes of batch/m);
    const { results } = record(out);
    expect(results.map(({ name }) => name)).toEqual(['popularity', `untrained ${encoder}`, encoder]);
    const mrr = results[2]!.metrics.find(({ metric }) => metric === 'MRR')!;
    expect(mrr.value).toBeGreaterThan(0.9);
    expect(mrr.protocol.loss).toContain('uniform negatives');
  });

  it('bert4rec learns the circle by hidden items', () => {
    const out = join(folder, 'bert4rec');
    const rates = ['--lr', '.005', '--dropout', '.1', '--attention-dropout', '0'];
    const more = ['--encoder', 'bert4rec', '--mask-share', '.3', '--epochs', '40', '--heads', '4', ...rates];
    const { status, stderr } = run('experiment.ts', ['--data', data, '--out', out, ...small, ...more]);
    expect(status, stderr).toBe(0);
    expect(stderr).toMatch(/^compiled \d+ operations for \d shapes of batch/m);
    const mrr = record(out).results[2]!.metrics.find(({ metric }) => metric === 'MRR')!;
    expect(mrr.value).toBeGreaterThan(0.9);
    expect(mrr.protocol.loss).toBe('cross-entropy over all items, hidden items (0.3 of each window)');
    const causal = run('experiment.ts', [
      '--data',
      data,
      '--out',
      `${out}-2`,
      ...small,
      '--mask-share',
      '.3',
    ]);
    expect(causal.stderr).toContain('--mask-share means nothing for lstm');
  });

  it(
    'learns several objectives at once, and refuses options that none of them has',
    { timeout: 180_000 },
    () => {
      const out = join(folder, 'objectives');
      const args = ['--data', data, '--out', out, ...small, '--epochs', '2'];
      const several = [
        '--objectives',
        'next-item,contrastive:0.3,reconstruction:learned',
        '--views',
        'slices',
      ];
      const kept = ['--pooling', 'attention', '--view-length', '4', '--keep', 'last'];
      const { status, stderr } = run('experiment.ts', [...args, ...several, ...kept]);
      expect(status, stderr).toBe(0);
      expect(record(out).results[2]!.metrics[0]!.protocol.loss).toBe(
        'cross-entropy over all items, every position + 0.3 x contrastive of two views (slices of at most 4 events, temperature 0.1, attention pooling)' +
          ' + learned x reconstruction of two views (slices of at most 4 events, attention pooling)',
      );
      expect(record(out).training!.bestEpoch).toBe(2);
      expect(JSON.parse(readFileSync(join(out, 'config.json'), 'utf8'))).toMatchObject({
        attentionPooling: true,
      });
      const refusal = (...more: string[]): string => run('experiment.ts', [...args, ...more]).stderr;
      expect(refusal('--views', 'halves')).toContain('--views means nothing for next-item');
      expect(refusal('--objectives', 'reconstruction', '--temperature', '1')).toContain(
        'goes with --objectives contrastive or intent',
      );
      expect(refusal('--view-length', '5')).toContain('--view-length means nothing for next-item');
      expect(refusal('--objectives', 'sequence')).toContain("--objectives is 'sequence'");
      expect(refusal('--objectives', 'next-item,next-item')).toContain('names one twice');
      expect(refusal('--kl', '.1')).toContain('--kl means nothing for lstm');
      expect(refusal('--keep', 'first')).toContain('Choose one of best, last');
    },
  );

  it('groups the users while it learns, and says who is in which group', { timeout: 180_000 }, () => {
    const out = join(folder, 'groups');
    const args = [
      '--data',
      data,
      '--out',
      out,
      ...small,
      '--epochs',
      '3',
      '--objectives',
      'next-item,dec:0.1',
    ];
    const groups = ['--clusters', '3', '--cluster-warmup', '1', '--cluster-tolerance', '0'];
    const { status, stderr } = run('experiment.ts', [...args, ...groups]);
    expect(status, stderr).toBe(0);
    expect(record(out).results[2]!.metrics[0]!.protocol.loss).toContain(
      '0.1 x deep embedded clustering (3 clusters from epoch 2, mean pooling, targets anew every epoch)',
    );
    expect(record(out).training!.bestEpoch).toBe(3);
    const [header, ...rows] = readFileSync(join(out, 'groups.csv'), 'utf8').trim().split('\n');
    expect(header).toBe('user,group');
    expect(rows.map((row) => row.split(',')[0])).toEqual(Array.from({ length: 60 }, (_, user) => `u${user}`));
    expect(new Set(rows.map((row) => row.split(',')[1]))).toEqual(new Set(['0', '1', '2']));
    const refusal = (...more: string[]): string => run('experiment.ts', [...args, ...more]).stderr;
    expect(refusal('--keep', 'best', '--cluster-warmup', '1')).toContain('--keep best means nothing for dec');
    expect(refusal('--cluster-warmup', '3')).toContain('dec begins after 3 epochs, and there are 3');
    const many = [...args.map((arg) => (arg === out ? `${out}-2` : arg)), '--cluster-warmup', '1'];
    expect(run('experiment.ts', [...many, '--clusters', '61']).stderr).toContain(
      '60 users with training events cannot be 61 clusters. Ask for at most 60',
    );
  });

  it('refuses settings that do not go together, and leaves no folder', () => {
    const out = join(folder, 'odd');
    const args = ['--data', data, '--out', out, '--encoder', 'sasrec', '--heads', '3', ...small];
    const { status, stderr } = run('experiment.ts', args);
    expect(status).toBe(1);
    expect(stderr).toContain('numHeads must divide the width 16, got 3');
    expect(existsSync(out)).toBe(false);
  });
});

describe('another split', () => {
  it('by time asks for every held-out event, in the table and in ranks.csv', () => {
    const csv = join(folder, 'timed.csv');
    const rows = circle()
      .split('\n')
      .flatMap((line, user) => {
        const [userId, ...items] = line.split(' ');
        return items.map((item, step) => `${userId},${item},${(user % 10) + step}`);
      });
    writeFileSync(csv, ['user,item,time', ...rows].join('\n'));
    const out = join(folder, 'by-time');
    const { status, stdout, stderr } = run('experiment.ts', [
      ...['--data', csv, '--format', 'csv', '--columns', 'user=user,item=item,time=time', '--time-unit', 's'],
      ...[
        '--split',
        'time',
        '--validation-from',
        '1970-01-01T00:00:12',
        '--test-from',
        '1970-01-01T00:00:14',
      ],
      ...['--epochs', '2', '--width', '4', '--out', out],
    ]);
    expect(status, stderr).toBe(0);
    // Six users begin at each second from 0 to 9 and stay for eight: 18 + 12 + 6 events from second 14 on, 30 + 24 before.
    expect(stderr).toContain('390 events to learn from, 54 for validation, 36 for the test, of 18 users.');
    expect(stdout).toMatch(/^Test of time \(validation from .*\), 390 events in training/m);
    const lines = readFileSync(join(out, 'ranks.csv'), 'utf8').trim().split('\n').slice(1);
    expect(lines).toHaveLength(36);
    const [metric] = record(out).results[2]!.metrics;
    expect(metric!.users).toBe(36);
    expect(metric!.protocol.split).toBe(
      'time (validation from 1970-01-01T00:00:12, test from 1970-01-01T00:00:14), 390 events in training, all events of each user',
    );
    const hits = lines.filter((line) => Number(line.split(',')[2]) <= 5).length;
    expect(metric!.value).toBeCloseTo(hits / 36, 12);
  });
});

describe('npm run predict', () => {
  const out = join(folder, 'run');

  it('recommends to users never seen, counts unknown items, and needs no training data', () => {
    const events = join(folder, 'new.txt');
    writeFileSync(events, 'new 3\nnew 4\nnew 99\nnew 5\nstranger 77\n');
    const predictions = join(folder, 'predictions');
    const { status, stderr } = run('predict.ts', [
      '--run',
      out,
      '--data',
      events,
      '--format',
      'pairs',
      '--n',
      '3',
      '--out',
      predictions,
    ]);
    expect(status, stderr).toBe(0);
    expect(stderr).toMatch(/2 events left out: unknown item/);
    expect(stderr).toMatch(/1 users left out/);
    const lines = readFileSync(join(predictions, 'recommendations.csv'), 'utf8').trim().split('\n');
    expect(lines[1]!.split(',')[1]!.split(' ')).toContain('6'); // the circle goes on
    const vectors = readFileSync(join(predictions, 'vectors.csv'), 'utf8').trim().split('\n');
    expect(vectors).toHaveLength(2);
    expect(vectors[1]!.split(',')).toHaveLength(17);
  });

  it('reads a file as that of the run was read, where nothing else is said', () => {
    const events = join(folder, 'more.csv');
    writeFileSync(events, 'user,item,time\nnew,3,1\nnew,4,2\n');
    const timed = join(folder, 'by-time');
    const { status, stdout, stderr } = run('predict.ts', ['--run', timed, '--data', events, '--n', '2']);
    expect(status, stderr).toBe(0);
    expect(stderr).toMatch(/^1 users, .* 2 events, 1970-01-01/m);
    expect(stdout).toMatch(/^new,\d+ \d+$/m);
    const odd = run('predict.ts', ['--run', timed, '--data', events, '--columns', 'user=user,item=item']);
    expect(odd.stderr).toContain('--columns goes with --format');
  });

  it('refuses damaged weights by name', () => {
    const broken = mkdtempSync(join(tmpdir(), 'broken-'));
    cpSync(out, broken, { recursive: true });
    writeFileSync(
      join(broken, 'weights.safetensors'),
      readFileSync(join(out, 'weights.safetensors')).subarray(0, 900),
    );
    const events = join(folder, 'one.txt');
    writeFileSync(events, 'new 3\n');
    const { status, stderr } = run('predict.ts', ['--run', broken, '--data', events, '--format', 'pairs']);
    expect(status).toBe(1);
    expect(stderr).toMatch(/weights\.safetensors: .*damaged or was cut off/);
    expect(stderr).not.toMatch(/\n\s+at /);
  });
});
