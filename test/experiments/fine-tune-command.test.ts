import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { createRng } from '../../lib/base/random';
import type { LabelCurvePoint } from '../../lib/experiments/label-curve';

const root = join(__dirname, '..', '..');
const folder = mkdtempSync(join(tmpdir(), 'fine-tune-'));
const run = (script: string, args: string[]) =>
  spawnSync(
    process.execPath,
    ['-r', 'ts-node/register/transpile-only', join(root, 'scripts', script), ...args],
    { cwd: root, encoding: 'utf8' },
  );
const [data, labels, pre] = ['log.txt', 'labels.csv', 'run'].map((name) => join(folder, name)) as [
  string,
  string,
  string,
];
const asked = ['--run', pre, '--labels', labels];

/** Sixty users of two tastes; the label says which, of all but the last ten. */
beforeAll(() => {
  const rng = createRng(1);
  const lines = Array.from({ length: 60 }, (_, user) =>
    [`u${user}`, ...Array.from({ length: 8 }, () => 1 + 8 * (user % 2) + rng.integer(8))].join(' '),
  );
  writeFileSync(data, lines.join('\n'));
  const rows = Array.from({ length: 50 }, (_, user) => `u${user},${user % 2 === 0 ? 'even' : 'odd'}`);
  writeFileSync(labels, ['user,taste', ...rows].join('\n'));
  const { status, stderr } = run('experiment.ts', [
    ...['--data', data, '--format', 'sequences', '--out', pre, '--encoder', 'gru', '--width', '12'],
    ...['--length', '8', '--epochs', '1', '--threads', '1', '--objectives', 'next-item,classification:0.1'],
    ...['--labels', labels],
  ]);
  expect(status, stderr).toBe(0);
}, 300_000);

describe('npm run fine-tune', () => {
  it('draws the curve, and goes on with one that was stopped, to the same points', () => {
    const out = join(folder, 'curve');
    const args = [
      ...asked,
      '--out',
      out,
      '--methods',
      'head',
      '--shares',
      '0.5,1',
      '--draws',
      '2',
      '--epochs',
      '5',
    ];
    const { status, stdout, stderr } = run('fine-tune.ts', args);
    expect(status, stderr).toBe(0);
    expect(stderr).toContain('taste: 25 even, 25 odd; 10 users without a label.');
    for (const rival of ['majority', 'bag of items', 'untrained, logistic', 'pre-trained, logistic', 'head'])
      expect(stdout).toContain(rival);
    expect(readFileSync(join(out, 'curve.svg'), 'utf8')).toContain('How many labels it takes: taste');
    const file = join(out, 'points.json');
    const whole = JSON.parse(readFileSync(file, 'utf8')) as { points: LabelCurvePoint[] };
    expect(whole.points.length).toBe(2 * 2 * 5);
    expect(new Set(whole.points.map(({ labelled }) => labelled))).toEqual(new Set([20, 40]));
    const rows = readFileSync(join(out, 'curve.csv'), 'utf8').trim().split('\n');
    expect(rows.length).toBe(21);

    writeFileSync(file, JSON.stringify({ ...whole, points: whole.points.slice(0, 13) }));
    const again = run('fine-tune.ts', args);
    expect(again.stderr).toContain('goes on after 13 points');
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(whole);
    expect(run('fine-tune.ts', [...args, '--seed', '2']).stderr).toContain('a curve of other settings');
  }, 300_000);

  it('keeps a model that knows the label, which predicts like any other', () => {
    const out = join(folder, 'kept');
    const args = [...asked, '--out', out, '--keep', 'low-rank', '--rank', '2', '--epochs', '40'];
    const { status, stderr } = run('fine-tune.ts', args);
    expect(status, stderr).toBe(0);
    const rows = readFileSync(join(out, 'probabilities.csv'), 'utf8').trim().split('\n');
    expect(rows[0]).toBe('user,taste,p(even),p(odd)');
    expect(rows.length).toBe(61);
    const right = rows.slice(51).filter((row) => {
      const [user, label, even] = row.split(',');
      expect(label).toBe('');
      return Number(even) > 0.5 === (Number(user!.slice(1)) % 2 === 0);
    });
    expect(right.length).toBeGreaterThanOrEqual(9); // of ten users without a label
    for (const file of ['head.safetensors', 'labels.json', 'weights.safetensors'])
      expect(existsSync(join(out, file)), file).toBe(true);
    const predicted = run('predict.ts', ['--run', out, '--data', data, '--format', 'sequences']);
    expect(predicted.status, predicted.stderr).toBe(0);
  }, 300_000);

  it('refuses what is missing or means nothing', () => {
    const out = join(folder, 'refused');
    const refusal = (...args: string[]): string => run('fine-tune.ts', args).stderr;
    expect(refusal('--labels', labels, '--out', out)).toContain('--run is missing');
    expect(refusal(...asked, '--out', out, '--keep', 'all', '--draws', '2')).toContain(
      '--draws is of the curve',
    );
    expect(refusal(...asked, '--out', out, '--methods', 'head', '--rank', '2')).toContain(
      'It goes with low-rank',
    );
    expect(refusal(...asked, '--out', out, '--shares', '2')).toContain('A share is above 0, up to 1');
    expect(existsSync(out)).toBe(false);
  }, 300_000);
});
