import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { readJson } from 'behavior-lab/experiments/model-folder';
import type { ExperimentSettings } from 'behavior-lab/experiments/run-experiment';
import type { RunRecord } from 'behavior-lab/experiments/run-record';

/** The record of a run that is finished; undefined for one that is not, or not there. */
export function finishedRun(folder: string): RunRecord | undefined {
  const file = join(folder, 'run.json');
  if (!existsSync(file)) return undefined;
  const record = readJson(file, 'Delete the folder.') as RunRecord;
  return record.status === 'finished' ? record : undefined;
}

/** A record as it is committed: it names the data file, not the folder it lies in on one machine. */
export function withoutFolder(record: RunRecord): RunRecord {
  const settings = record.settings as ExperimentSettings;
  const file = basename(settings.data.file);
  return {
    ...record,
    data: { ...record.data, file },
    settings: { ...settings, data: { ...settings.data, file } },
  };
}
