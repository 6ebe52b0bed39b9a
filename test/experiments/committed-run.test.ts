import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { ExperimentSettings } from '../../lib/experiments/run-experiment';
import type { RunRecord } from '../../lib/experiments/run-record';
import { finishedRecord, finishedRun, withoutFolder } from '../../scripts/committed-run';
import { readProjectFile } from '../lib-files';

const folder = mkdtempSync(join(tmpdir(), 'committed-run-'));
afterAll(() => rmSync(folder, { recursive: true }));

const record = JSON.parse(
  readProjectFile('figures/reproduction/ml-1m-bert4rec/seed-1/run.json'),
) as RunRecord & { readonly settings: ExperimentSettings };
const { settings } = record;
const keep = (changes: Partial<RunRecord> = {}): void =>
  writeFileSync(join(folder, 'run.json'), JSON.stringify({ ...record, ...changes }));

describe('finishedRun', () => {
  it('reads a run of the same settings, wherever the data lay', () => {
    keep();
    const elsewhere = { ...settings, data: { ...settings.data, file: '/elsewhere/ml-1m.txt.gz' } };
    expect(finishedRun(folder, elsewhere)).toEqual(record);
    expect(finishedRecord(folder)).toEqual(record);
    expect(withoutFolder({ ...record, settings: elsewhere }).settings).toEqual(settings);
  });

  it('refuses one of other settings and names what differs', () => {
    keep();
    const longer = { ...settings, length: 50, training: { ...settings.training, maxEpochs: 1000 } };
    expect(() => finishedRun(folder, longer)).toThrow('other settings (length, training)');
    const other = { ...settings, data: { ...settings.data, file: 'other.txt.gz' } };
    expect(() => finishedRun(folder, other)).toThrow('other settings (data)');
  });

  it('takes a setting that the encoder has got since for its default', () => {
    const old = { encoder: 'sasrec', config: { width: 64 } } as unknown as ExperimentSettings;
    const asked = (initialVectors: string): ExperimentSettings =>
      ({ ...settings, ...old, config: { width: 64, initialVectors } }) as unknown as ExperimentSettings;
    keep({ settings: { ...settings, ...old } });
    expect(finishedRun(folder, asked('unit'))).toBeDefined();
    expect(() => finishedRun(folder, asked('small'))).toThrow('other settings (config)');
  });

  it('is not fooled by a part that is absent and one that is undefined', () => {
    keep();
    expect(finishedRun(folder, { ...settings, side: undefined } as never)).toEqual(record);
  });

  it('finds none where a run was interrupted, or there is no folder', () => {
    keep({ status: 'interrupted' });
    expect(finishedRun(folder, settings)).toBeUndefined();
    expect(finishedRun(join(folder, 'none'), settings)).toBeUndefined();
  });
});
