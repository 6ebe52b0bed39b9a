import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import {
  answersTable,
  characteristicsTable,
  type DataSetResult,
} from '../../../lib/experiments/generalisation/data-set-table';
import type { NextItemQuestion } from '../../../lib/experiments/generalisation/next-item-questions';
import type { ExperimentSettings } from '../../../lib/experiments/run-experiment';
import type { RunRecord } from '../../../lib/experiments/run-record';
import { comparable } from '../../../scripts/committed-run';
import { dataSets } from '../../../scripts/data-sets/catalogue';
import { settingsFor } from '../../../scripts/data-sets/settings';
import { projectRoot, readProjectFile } from '../../lib-files';

const folder = 'figures/data-sets';
const names = dataSets.map(({ name }) => name);
const resultOf = (name: string) =>
  JSON.parse(readProjectFile(`${folder}/${name}/result.json`)) as DataSetResult;

/** Places of one model for one question, from the committed list. */
function ranksOf(name: string, question: string, model: string): number[] {
  const packed = readFileSync(join(projectRoot, folder, name, 'ranks.csv.gz'));
  const [head, ...lines] = gunzipSync(packed).toString().trim().split('\n');
  const column = head!.split(',').indexOf(model);
  return lines
    .filter((line) => line.startsWith(`${question},`))
    .map((line) => Number(line.split(',').at(column - head!.split(',').length)));
}

describe('npm run data-sets', () => {
  it('has a page a name, and a result of each', () => {
    expect(new Set(names).size).toBe(names.length);
    expect(readdirSync(join(projectRoot, folder)).sort()).toEqual(['README.md', ...names].sort());
  });

  it('has one setting for all sets but the bound on epochs', () => {
    const settings = dataSets.map((page) => {
      const { data, training, ...rest } = settingsFor(page, 'file');
      return JSON.stringify({ ...rest, training: { ...training, maxEpochs: 0 }, hasFile: data.file });
    });
    expect(new Set(settings).size).toBe(1);
  });

  it.each(names)('%s: the committed numbers follow from the committed places', (name) => {
    const { questions } = resultOf(name);
    const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    const asked: [string, NextItemQuestion | null][] = Object.entries({
      newItem: questions.newItem,
      anyItem: questions.anyItem,
    });
    for (const [question, answers] of asked) {
      for (const { name: model, metrics } of answers?.answers ?? []) {
        const ranks = ranksOf(name, question, model);
        const [hitRate, ndcg] = metrics;
        expect([hitRate!.users, ndcg!.users]).toEqual([ranks.length, ranks.length]);
        expect(hitRate!.value).toBeCloseTo(mean(ranks.map((rank) => Number(rank <= 10))), 9);
        expect(ndcg!.value).toBeCloseTo(
          mean(ranks.map((rank) => (rank <= 10 ? 1 / Math.log2(rank + 1) : 0))),
          9,
        );
      }
    }
  });

  it.each(names)('%s: what was trained had the settings of its page', (name) => {
    const file = `${folder}/${name}/run.json`;
    const { training } = resultOf(name);
    expect(existsSync(join(projectRoot, file))).toBe(training !== null);
    if (!training) return;
    const record = JSON.parse(readProjectFile(file)) as RunRecord;
    const page = dataSets.find((own) => own.name === name)!;
    const had = record.settings as ExperimentSettings;
    expect(comparable(had)).toEqual(comparable(settingsFor(page, had.data.file)));
    expect(record.training!.bestEpoch).toBe(training.bestEpoch);
  });

  it('has a table that says what the results say', () => {
    const readme = readProjectFile(`${folder}/README.md`);
    const results = names.map(resultOf);
    const models = ['popularity', 'Markov', 'untrained SASRec', 'SASRec'];
    expect(readme).toContain(characteristicsTable(results));
    expect(readme).toContain(answersTable(results, 'newItem', models));
    expect(readme).toContain(
      answersTable(results, 'anyItem', ['popularity', 'latest again', ...models.slice(1)]),
    );
  });
});
