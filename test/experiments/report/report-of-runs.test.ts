import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { tableFormat } from '../../../lib/data/tables/table-format';
import type { DataSettings } from '../../../lib/experiments/load-data';
import { glanceMeasures, glanceRadar } from '../../../lib/experiments/report/at-a-glance';
import type { EvaluationReport } from '../../../lib/experiments/report/evaluation-report';
import { profileGroups } from '../../../lib/experiments/report/profile-groups';
import { reportOfRuns } from '../../../lib/experiments/report/report-of-runs';
import { reportSections } from '../../../lib/experiments/report/report-sections';
import { runExperiment, type ExperimentSettings } from '../../../lib/experiments/run-experiment';
import type { RunRecord } from '../../../lib/experiments/run-record';
import { trainingDefaults } from '../../../lib/experiments/train-encoder';
import { checkChart } from '../../../lib/figures/chart';
import { projectRoot } from '../../lib-files';

const folder = mkdtempSync(join(tmpdir(), 'report-of-runs-'));
const write = (name: string, lines: readonly string[]): string => {
  const file = join(folder, name);
  writeFileSync(file, `${lines.join('\n')}\n`);
  return file;
};
/** Sixty users go round twelve items, six events each. */
const walk = (step: number): string[] =>
  Array.from({ length: 60 }, (_, user) =>
    Array.from({ length: 6 }, (_item, place) => `u${user},i${(user + step * place) % 12},${place + 1}`),
  ).flat();
const events = write('events.csv', ['user,item,time', ...walk(1)]);
const items = write('items.csv', [
  'item_id,title,categories',
  ...Array.from({ length: 12 }, (_, item) => `i${item},lamp ${item},${item < 6 ? 'red' : 'blue'}`),
]);
const users = write('users.csv', [
  'user_id,team,age,name',
  ...Array.from({ length: 60 }, (_, user) => `u${user},${user % 2 ? 'b' : 'a'},${20 + (user % 30)},n${user}`),
]);
const layout = tableFormat({ kind: 'csv', columns: { user: 'user', item: 'item', time: 'time' } });
const data: DataSettings = { file: events, format: 'table', layout };
const settings: ExperimentSettings = {
  data,
  encoder: 'gru',
  config: { width: 8 },
  length: 5,
  training: { ...trainingDefaults, maxEpochs: 2, batchSize: 32, seed: 3 },
};
const runs = { first: join(folder, 'first'), second: join(folder, 'second'), rnn: join(folder, 'rnn') };
let report: EvaluationReport;

beforeAll(async () => {
  await runExperiment(settings, runs.first);
  await runExperiment({ ...settings, training: { ...settings.training, seed: 4 } }, runs.second);
  await runExperiment({ ...settings, encoder: 'rnn' }, runs.rnn);
  report = await reportOfRuns([runs.first], { data: { ...data, itemsFile: items, usersFile: users } });
}, 120_000);

const recordOf = (run: string): RunRecord =>
  JSON.parse(readFileSync(join(run, 'run.json'), 'utf8')) as RunRecord;

describe('the report of a finished run', () => {
  it('has its baselines first, and the numbers of its run.json', () => {
    const { results, training, seconds } = recordOf(runs.first);
    expect(report.models.map(({ name }) => name)).toEqual(results.map(({ name }) => name));
    for (const [place, { metrics }] of report.models.entries()) {
      const kept = results[place]!.metrics.filter(({ metric }) =>
        metrics.some((own) => own.metric === metric),
      );
      expect(metrics).toEqual(kept);
    }
    const [popular, untrained, trained] = report.models;
    expect([popular!.parameters, popular!.training]).toEqual([null, null]);
    expect(trained!.training).toEqual({ seconds, epochs: 2, bestEpoch: training!.bestEpoch });
    expect(trained!.parameters).toBe(untrained!.parameters);
    expect(trained!.parameters).toBeGreaterThan(13 * 8);
    expect(report.cost.peakMB).toBeGreaterThan(50);
    expect(report.cost.seconds).toBeGreaterThan(0);
    expect(report.surroundings!.node).toBe(process.version);
  });

  it('groups users by what is known of them, and names what makes no groups', () => {
    expect(new Set(report.groups.map(({ by }) => by))).toEqual(new Set(['team', 'interests moved']));
    // Quarters of 60 users by age are smaller than the 20 that a group needs.
    expect(report.remarks.join(' ')).toContain("'name' of the users has 60 different values");
    const least = report.models.at(-1)!.leastServed!;
    expect(least.mean).toBe(Math.min(...report.groups.map(({ mean }) => mean)));
    expect(report.models[0]!.lists.diversity).not.toBeNull();
  });

  it('is another one without the files beside, with the same accuracy', async () => {
    const plain = await reportOfRuns([runs.first]);
    expect(plain.models[2]!.metrics).toEqual(report.models[2]!.metrics);
    expect(plain.models[2]!.lists.diversity).toBeNull();
    expect(plain.movement).toBeNull();
  });

  it('puts several runs side by side, told apart by their folders where the encoder is the same', async () => {
    const before = tf.memory().numTensors;
    const { models, differences, subject } = await reportOfRuns([runs.rnn, runs.first, runs.second]);
    expect(models.map(({ name }) => name)).toEqual([
      ...['popularity', 'untrained gru', 'rnn', 'gru, first', 'gru, second'],
    ]);
    expect(subject).toBe('gru, second');
    expect(differences).toHaveLength(4);
    expect(models.at(-1)!.metrics[0]!.protocol.seed).toBe(4);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('evaluates on another file with the items that the run knows, and says so', async () => {
    const file = write('later.csv', ['user,item,time', ...walk(5), 'u0,unknown,9']);
    const other = await reportOfRuns([runs.first], { data: { ...data, file } });
    expect(other.protocol.data.name).toBe('later.csv');
    expect(other.protocol.data.items).toBe(12);
    expect(other.remarks.join(' ')).toMatch(/not the data that the models learned from.*1 events left out/);
  });

  it('refuses what cannot be compared, or is not there', async () => {
    await expect(reportOfRuns([])).rejects.toThrow('no run is named');
    await expect(reportOfRuns([join(folder, 'nowhere')])).rejects.toThrow('there is no such file');
    await expect(reportOfRuns([runs.first, runs.first])).rejects.toThrow('a run is named twice');
    const copy = (name: string, change: (record: RunRecord) => object): string => {
      const out = join(folder, `${name}.json`);
      writeFileSync(out, '');
      const own = mkdtempSync(join(folder, `${name}-`));
      writeFileSync(
        join(own, 'run.json'),
        JSON.stringify({ ...recordOf(runs.first), ...change(recordOf(runs.first)) }),
      );
      return own;
    };
    const stopped = copy('stopped', () => ({ status: 'interrupted' }));
    await expect(reportOfRuns([stopped])).rejects.toThrow(/not finished \(interrupted\).*--resume/s);
    const cleaned = copy('cleaned', () => ({
      settings: { ...settings, data: { ...data, cleaning: { dropDuplicates: true } } },
    }));
    await expect(reportOfRuns([cleaned, runs.first])).rejects.toThrow(
      /differ in their cleaning.*one by one/s,
    );
    const changed = write('changing.csv', ['user,item,time', ...walk(1)]);
    const out = join(folder, 'on-changing');
    await runExperiment({ ...settings, data: { ...data, file: changed } }, out);
    writeFileSync(changed, readFileSync(changed, 'utf8').replace('u0,i0,1', 'u0,i3,1'));
    await expect(reportOfRuns([out])).rejects.toThrow(/changed since the run.*--data/s);
  }, 60_000);
});

describe('npm run report', () => {
  const command = (...args: readonly string[]) =>
    spawnSync(process.execPath, ['-r', 'ts-node/register/transpile-only', 'scripts/report.ts', ...args], {
      cwd: projectRoot,
      encoding: 'utf8',
    });

  it('writes the page beside the run and says where it is', () => {
    const { status, stdout, stderr } = command('--run', runs.rnn, '--users', users, '--k', '5');
    expect(status, stderr).toBe(0);
    expect(stdout).toMatch(/popularity +0\.\d{4} \[0\.\d{4}, \d\.\d{4}\]/);
    expect(stdout).toContain(`Open it in a browser: ${join(runs.rnn, 'report.html')}`);
    const html = readFileSync(join(runs.rnn, 'report.html'), 'utf8');
    expect(html).toContain('NDCG@5, least-served group');
    const json = JSON.parse(readFileSync(join(runs.rnn, 'report.json'), 'utf8')) as EvaluationReport;
    expect([json.k, json.subject, json.groups[0]!.by]).toEqual([5, 'rnn', 'team']);
  });

  it('says what is missing, and what to do', () => {
    const { status, stderr } = command('--k', '5');
    expect(status).toBe(1);
    expect(stderr.trim()).toBe(
      '--run is missing. Name the folder of a finished run, for example --run runs/mine.',
    );
  });
});

describe('groups by profiles', () => {
  it('are the values of a field, quarters of many numbers, or none', () => {
    const ids = Array.from({ length: 40 }, (_, user) => String(user));
    const info = new Map(
      ids.slice(1).map((id, place) => [
        id,
        {
          profile: {
            sex: place % 2 ? 'f' : 'm',
            age: String(20 + place),
            zip: `z${place}`,
            score: `${place}.5`,
          },
        },
      ]),
    );
    const { groups, notes } = profileGroups(ids, info);
    expect(Object.keys(groups)).toEqual(['age', 'score', 'sex']);
    expect([groups['sex']!(0), groups['sex']!(1), groups['sex']!(2)]).toEqual([null, 'm', 'f']);
    expect([groups['age']!(1), groups['age']!(39)]).toEqual(['1: 20 to 29', '4: 50 to 58']);
    expect(groups['score']!(1)).toBe('1: 0.50 to 9.50');
    expect(notes).toEqual(["'zip' of the users has 39 different values: too many for groups."]);
    expect(profileGroups(ids)).toEqual({ groups: {}, notes: [] });
  });
});

describe('at a glance', () => {
  it('the radar goes from 0 to the best of the models, in the order of the report', () => {
    const radar = glanceRadar(report)!;
    expect(() => checkChart(radar)).not.toThrow();
    expect(radar.series.map(({ name }) => name)).toEqual(report.models.map(({ name }) => name));
    for (const [ray, { name, centre, rim, print }] of radar.axes.entries()) {
      const values = radar.series.map(({ values: own }) => own[ray]!);
      expect([centre, rim]).toEqual([0, Math.max(...values)]);
      expect(print!(rim), name).not.toContain('NaN');
    }
    const [gain] = glanceMeasures(report);
    expect(gain!.name).toBe('NDCG@10');
    expect(gain!.values).toEqual(
      report.models.map(({ metrics }) => metrics.find(({ metric }) => metric === 'NDCG@10')!.value),
    );
  });

  it('leaves out what is not known of all, or 0 for all; the table has the same numbers', () => {
    const models = report.models.map((model, place) => ({
      ...model,
      stability: place === 0 ? null : model.stability,
      lists: { ...model.lists, serendipity: 0 },
    }));
    const names = glanceMeasures({ ...report, models }).map(({ name }) => name);
    expect(names).not.toContain('stability of lists');
    expect(names).not.toContain('serendipity');
    const { tables, chart } = reportSections(report).find(({ title }) => title === 'At a glance')!;
    const rows = (tables[0] as { readonly rows: readonly (readonly string[])[] }).rows;
    expect(chart!.kind).toBe('radar');
    expect(rows.map(([name]) => name)).toEqual(glanceMeasures(report).map(({ name }) => name));
    expect(glanceMeasures(report, { withTimes: false })).toHaveLength(rows.length - 1);
    expect(rows[0]![3]).toBe(glanceMeasures(report)[0]!.values[2]!.toFixed(4));
  });
});
