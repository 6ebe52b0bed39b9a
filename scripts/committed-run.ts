import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { InputError } from 'behavior-lab/base/errors';
import { encoderOf } from 'behavior-lab/experiments/encoder-catalogue';
import { readJson } from 'behavior-lab/experiments/model-folder';
import type { ExperimentSettings } from 'behavior-lab/experiments/run-experiment';
import type { RunRecord } from 'behavior-lab/experiments/run-record';

/** The record of a run that is finished; undefined for one that is not, or not there. */
export function finishedRecord(folder: string): RunRecord | undefined {
  const file = join(folder, 'run.json');
  if (!existsSync(file)) return undefined;
  const record = readJson(file, 'Delete the folder.') as RunRecord;
  return record.status === 'finished' ? record : undefined;
}

/**
 * The record of a finished run of these settings, wherever its data file lay.
 *
 * @throws InputError when the finished run in the folder was made with other settings: a page that was changed since is not answered by it
 */
export function finishedRun(folder: string, settings: ExperimentSettings): RunRecord | undefined {
  const record = finishedRecord(folder);
  if (!record) return undefined;
  const [had, asked] = [record.settings as ExperimentSettings, settings].map(comparable) as [Parts, Parts];
  const parts = [...new Set([...Object.keys(had), ...Object.keys(asked)])];
  const differing = parts.filter((part) => !isDeepStrictEqual(had[part], asked[part]));
  if (differing.length > 0) {
    throw new InputError(
      `${folder} holds a finished run with other settings (${differing.join(', ')}).`,
      'Delete that folder, or move it away.',
    );
  }
  return record;
}

type Parts = Record<string, unknown>;

/**
 * As JSON keeps them, part by part; of the data file only the name. A setting that the encoder has got since the run had its default then.
 */
export function comparable({ data, config, ...settings }: ExperimentSettings): Parts {
  const own = {
    ...settings,
    config: { ...encoderOf(settings.encoder).defaults, ...config },
    data: { ...data, file: basename(data.file) },
  };
  return JSON.parse(JSON.stringify(own)) as Parts;
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
