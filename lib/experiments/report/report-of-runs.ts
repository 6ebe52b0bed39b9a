import { basename, join, resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { InputError } from '../../base/errors';
import { createRng } from '../../base/random';
import { countParameters, disposeTree } from '../../base/tree';
import { describeRules } from '../../preprocessing/cleaning/rules';
import { codeSide, columnsFor, type ChannelName } from '../../preprocessing/side/side-information';
import { withSequences, type SplitSequences } from '../../preprocessing/splits/split-sequences';
import { countItems, popularity } from '../../recommendation/popularity';
import { describeData, loadData, type DataSettings } from '../load-data';
import { loadModel, readJson } from '../model-folder';
import { newModel, type ExperimentSettings } from '../run-experiment';
import { describeSurroundings, type RunRecord } from '../run-record';
import { modelScorer, type SequenceModel } from '../sequence-model';
import { describeSplit, makeSplit } from '../split-settings';
import { readItemTexts } from '../text/item-texts';
import { startBackend } from '../../nn/backend';
import { evaluationReport, type EvaluationReport, type ReportedModel } from './evaluation-report';
import { profileGroups } from './profile-groups';

/** What a report of finished runs may be told beside their folders. */
export interface RunReportOptions {
  /** Default: the data of the runs. Other files are read with the vocabulary of the runs. */
  readonly data?: DataSettings;
  /** Length of list; default 10. */
  readonly k?: number;
  /** Of the users that are drawn for times and resamples; default 1. */
  readonly seed?: number;
  /** A sentence on something that was counted or left out. */
  readonly say?: (sentence: string) => void;
}

interface FinishedRun {
  readonly folder: string;
  readonly record: RunRecord;
  readonly settings: ExperimentSettings;
  readonly model: SequenceModel;
}

/**
 * Evaluate finished runs from all sides: popularity and the untrained encoder first, then the runs; the last one is the subject.
 *
 * Asked is the last test event of each user. Users are grouped by their profiles and items compared by their categories where the data
 * say them. All runs must have learned from the same file, cleaned and split alike, and may not differ in what they read beside items.
 *
 * @param folders of `runExperiment`, at least one
 * @throws InputError when a run is not finished, runs differ in their data, or the data are not there or have changed
 * @source Zangerle & Bauer, "Evaluating Recommender Systems: Survey and Framework", ACM Computing Surveys 55(8), 2022.
 */
export async function reportOfRuns(
  folders: readonly string[],
  { data: given, k = 10, seed = 1, say = () => {} }: RunReportOptions = {},
): Promise<EvaluationReport> {
  const records = folders.map((folder) => ({ folder, record: finishedRecord(folder) }));
  expectAlike(records);
  const backend = await startBackend();
  const runs: FinishedRun[] = [];
  let untrained: SequenceModel | null = null;
  try {
    for (const { folder, record } of records)
      runs.push({
        folder,
        record,
        settings: record.settings as ExperimentSettings,
        model: loadModel(folder),
      });
    const { record, settings, model } = runs.at(-1)!;
    const other = runs.find(
      (run) => !isDeepStrictEqual(run.model.vocabulary.itemIds, model.vocabulary.itemIds),
    );
    if (other) throw unlike(other.folder, runs.at(-1)!.folder, 'the items that they know');
    const loaded = await loadData(given ?? settings.data, {
      vocabulary: model.vocabulary,
      columns: columnsFor({ channels: Object.keys(model.side?.codes.channels ?? {}) as ChannelName[] }),
    });
    const isOther = loaded.source.sha256 !== record.data.sha256;
    if (isOther && given === undefined) {
      throw new InputError(
        'the data changed since the run was made.',
        'Restore the file, or name it by --data to evaluate on what it holds now.',
        { file: settings.data.file },
      );
    }
    const plain = makeSplit(loaded.sequences, settings.split ?? { method: 'leave-one-out' });
    const codes = model.side?.codes;
    const split: SplitSequences = codes
      ? withSequences(plain, codeSide(plain.sequences, codes, plain))
      : plain;
    const { vocabulary, userIds, itemInfo, userInfo } = split.sequences;
    const texts = settings.texts && readItemTexts(settings.texts.model, split.sequences, say);
    untrained = newModel(vocabulary, settings, { side: model.side ?? undefined, itemTexts: texts?.vectors });
    const { groups, notes } = profileGroups(userIds, userInfo);
    const categoriesOf = (item: number): readonly string[] =>
      itemInfo?.get(vocabulary.itemIds[item]!)?.categories ?? [];
    const hasCategories = vocabulary.itemIds.some((_, item) => item > 0 && categoriesOf(item).length > 0);
    const remarks = [
      ...(isOther
        ? [
            `These are not the data that the models learned from (${record.data.name}, sha256 ${record.data.sha256.slice(0, 12)}); what they ` +
              'had seen of these users is not known.',
          ]
        : []),
      ...describeData(loaded),
      ...describeSplit(split).notes,
      ...notes,
    ];
    for (const remark of remarks) say(remark);
    return evaluationReport(split, {
      models: [
        { scorer: popularity(countItems(split)), loss: null, seed: null },
        {
          scorer: modelScorer(untrained, `untrained ${settings.encoder}`),
          loss: null,
          seed: settings.training.seed,
          parameters: countParameters(untrained.params),
        },
        ...runs.map((run) => reported(run, runs)),
      ],
      source: loaded.source,
      cut: describeRules((given ?? settings.data).cleaning ?? {}),
      rng: createRng(seed),
      k,
      groups,
      ...(hasCategories && { categoriesOf }),
      surroundings: describeSurroundings(backend),
      remarks,
    });
  } finally {
    if (untrained) disposeTree(untrained.params);
    for (const { model } of runs) disposeTree(model.params);
  }
}

/** Two runs of one encoder are told apart by their folders. */
function reported(
  { folder, record, settings, model }: FinishedRun,
  all: readonly FinishedRun[],
): ReportedModel {
  const { encoder } = settings;
  const isAlone = all.filter((run) => run.settings.encoder === encoder).length === 1;
  const { training, seconds, results } = record;
  const name = isAlone ? encoder : `${encoder}, ${basename(resolve(folder))}`;
  return {
    scorer: modelScorer(model, name),
    loss: results.at(-1)!.metrics[0]!.protocol.loss,
    seed: settings.training.seed,
    parameters: countParameters(model.params),
    ...(training && {
      training: { seconds, epochs: training.history.length, bestEpoch: training.bestEpoch },
    }),
  };
}

function finishedRecord(folder: string): RunRecord {
  const remedy = 'Name the folder of a finished run (npm run experiment writes one).';
  const record = readJson(join(folder, 'run.json'), remedy) as RunRecord;
  if (record.status !== 'finished') {
    throw new InputError(
      `this run is not finished (${String(record.status)}).`,
      `Go on with it: npm run experiment -- --resume ${folder}`,
      { file: folder },
    );
  }
  return record;
}

function unlike(first: string, second: string, what: string): InputError {
  return new InputError(
    `${first} and ${second} differ in ${what}, so that their numbers cannot be compared.`,
    'Report them one by one.',
  );
}

/** @throws InputError naming two runs and in what they differ */
function expectAlike(runs: readonly { readonly folder: string; readonly record: RunRecord }[]): void {
  if (runs.length === 0) throw new InputError('no run is named.', 'Name a folder by --run.');
  const partsOf = ({ data, settings }: RunRecord): Record<string, unknown> => {
    const own = settings as ExperimentSettings;
    return {
      'their data': data.sha256,
      'their cleaning': own.data.cleaning ?? null,
      'their split': own.split ?? null,
      'what they read beside items': own.side ?? null,
    };
  };
  const last = runs.at(-1)!;
  const expected = partsOf(last.record);
  for (const { folder, record } of runs) {
    const own = partsOf(record);
    const what = Object.keys(expected).find((part) => !isDeepStrictEqual(own[part], expected[part]));
    if (what !== undefined) throw unlike(folder, last.folder, what);
  }
  const taken = runs.map(({ folder }) => resolve(folder));
  if (new Set(taken).size < taken.length)
    throw new InputError('a run is named twice.', 'Name each folder once.');
}
