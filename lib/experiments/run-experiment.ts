import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { InputError } from '../base/errors';
import type { Matrix } from '../base/matrix';
import { replaceFile } from '../base/replace-file';
import type { BesideSource } from '../data/known-beside';
import { readLabels } from '../data/read-labels';
import { disposeTree } from '../base/tree';
import { describeRules } from '../preprocessing/cleaning/rules';
import { codeSide, columnsFor, fitSideCodes, type SideRules } from '../preprocessing/side/side-information';
import type { ProfileFusion } from '../encoders/profile-fusion';
import { withSequences, type SplitSequences } from '../preprocessing/splits/split-sequences';
import type { Vocabulary } from '../preprocessing/vocabulary';
import { countItems, popularity } from '../recommendation/popularity';
import { runLogName, writeRunLog } from '../training/run-log';
import { writeTensorBoard } from '../training/tensorboard';
import type { TrainingProgress } from '../training/train';
import { encoderOf, type EncoderName, type EncoderSettings } from './encoder-catalogue';
import { evaluateRanking, metricsOf, rankingProtocol, type RankingEvaluation } from './evaluate-ranking';
import { defaultObjectives, describeObjectives, poolsByAttention } from './learning/objective-settings';
import type { UserGroups } from './learning/user-groups';
import { describeData, loadData, type DataSettings } from './load-data';
import { readJson, saveModel, writeJson } from './model-folder';
import type { ModelSide } from './model-side';
import { startRunBackend } from './run-backend';
import { claimRun } from './run-process';
import { describeSurroundings, type RunMetrics, type RunRecord } from './run-record';
import { settingsName } from './run-status';
import { createModel, modelScorer, type SequenceModel } from './sequence-model';
import { describeSplit, makeSplit, predictedEvents, type SplitSettings } from './split-settings';
import { trainEncoder, type EncoderTraining } from './train-encoder';
import { readItemTexts } from './text/item-texts';
import { labelUsers, type UserLabels } from './user-labels';

/** One training and evaluation, as data: what `npm run experiment` reads from its arguments. */
export interface ExperimentSettings {
  readonly data: DataSettings;
  /** Default leave-one-out. */
  readonly split?: SplitSettings;
  readonly encoder: EncoderName;
  /** What differs from the encoder's defaults. */
  readonly config: EncoderSettings;
  /** T: events the encoder reads, and the length of a training window. */
  readonly length: number;
  /** What the model knows beside items; default nothing. */
  readonly side?: SideSettings;
  /** For an encoder that reads items by their texts: the text encoder, by its folder or its name (`findSentenceModel`). */
  readonly texts?: { readonly model: string };
  /** Its `seed` also draws the first weights. */
  readonly training: EncoderTraining;
}

/** What a model shall know beside items, and how a profile is fused; default `concat`. */
export interface SideSettings extends SideRules {
  readonly profileFusion?: ProfileFusion;
}

/** What a run tells while it goes on. */
export interface ExperimentWatcher {
  readonly onProgress?: (progress: TrainingProgress) => void;
  /** A sentence on something that was counted, dropped or decided. */
  readonly say?: (sentence: string) => void;
  readonly signal?: AbortSignal;
  /** Threads of the backend; default: see `startRunBackend`. An interrupted run keeps those it began with. */
  readonly threads?: number;
}

/**
 * Train an encoder on a file and measure it beside its baselines, leaving a folder that says everything.
 *
 * The folder holds `run.json` (settings, data hash, protocol, versions, device, metrics), `config.json`, `vocabulary.json`,
 * `codes.json` where the model knows more than items, and `weights.safetensors` (all that `predict` needs), `ranks.csv` (user, target,
 * rank, best 20; one line a predicted event), `groups.csv` (user, group) where an objective groups the users, checkpoints of the
 * training, and its course in `progress.ndjson` and, where native TensorFlow computes, in `tensorboard/`. While it works,
 * `process.json` says so. Calling it again on the folder of an interrupted run goes on where that run stood, and ends
 * with the same numbers as an uninterrupted one.
 *
 * @throws InputError when the data cannot be used, changed since the run began, or the folder holds a finished run, or
 *   an interrupted one that began with another backend or other threads than this process is set to, or another process
 *   works there
 */
export async function runExperiment(
  settings: ExperimentSettings,
  folder: string,
  watcher: ExperimentWatcher = {},
): Promise<RunRecord> {
  earlierRecord(folder, settings);
  const isNew = !existsSync(folder);
  const release = claimRun(folder);
  try {
    return await runClaimed(settings, folder, watcher);
  } finally {
    release();
    // Refused before it began, for example for its data: nothing of it stays.
    if (isNew && readdirSync(folder).length === 0) rmSync(folder, { recursive: true });
  }
}

async function runClaimed(
  settings: ExperimentSettings,
  folder: string,
  { onProgress, say = () => {}, signal, threads }: ExperimentWatcher,
): Promise<RunRecord> {
  const startedAt = new Date();
  const before = earlierRecord(folder, settings);
  const { kind } = encoderOf(settings.encoder);
  const backend = await startRunBackend(before?.surroundings ?? null, {
    threads: threads ?? null,
    kind,
    say,
  });
  const asksForInfo = settings.side !== undefined || settings.texts !== undefined;
  const data = await loadData(settings.data, asksForInfo ? { columns: columnsFor(settings.side ?? {}) } : {});
  const { source, beside } = data;
  const hashes = (of: readonly BesideSource[] = []): string => of.map(({ sha256 }) => sha256).join();
  if (before && (before.data.sha256 !== source.sha256 || hashes(before.data.beside) !== hashes(beside))) {
    throw new InputError('the data changed since this run began.', 'Start a new run with another --out.', {
      file: settings.data.file,
    });
  }
  const { split: splitSettings = { method: 'leave-one-out' } } = settings;
  const plain = makeSplit(data.sequences, splitSettings);
  const { split, side } = withSide(plain, settings);
  const events = predictedEvents(splitSettings);
  const { counts, notes: splitNotes } = describeSplit(split);
  const notes = [...describeData(data), ...splitNotes];
  for (const note of notes) say(note);

  const { vocabulary, userIds } = split.sequences;
  const { training } = settings;
  const labels = await labelsOf(training, userIds);
  const texts = settings.texts && readItemTexts(settings.texts.model, split.sequences, say);
  if (before?.texts && before.texts.fingerprint !== texts?.fingerprint) {
    throw new InputError(
      'the text encoder changed since this run began.',
      'Start a new run with another --out.',
    );
  }
  const model = newModel(vocabulary, settings, { side, itemTexts: texts?.vectors });
  const base: RunRecord = {
    status: 'training',
    command: `experiment, encoder ${settings.encoder}`,
    startedAt: before?.startedAt ?? startedAt.toISOString(),
    seconds: before?.seconds ?? 0,
    data: { ...source, counts, notes, ...(beside.length > 0 && { beside }) },
    ...(texts && { texts: { fingerprint: texts.fingerprint, withoutText: texts.withoutText.length } }),
    settings,
    surroundings: describeSurroundings(backend),
    training: before?.training ?? null,
    results: [],
    tiedShare: null,
    repeatShare: null,
  };
  writeJson(join(folder, 'run.json'), base);

  const protocol = (loss: string | null, seed: number | null): ReturnType<typeof rankingProtocol> =>
    rankingProtocol(split, source, {
      which: 'test',
      events,
      cut: describeRules(settings.data.cleaning ?? {}),
      loss,
      seed,
    });
  const results: RunMetrics[] = [];
  const add = (
    name: string,
    evaluation: RankingEvaluation,
    loss: string | null,
    seed: number | null,
  ): void => {
    results.push({ name, metrics: metricsOf(evaluation, protocol(loss, seed)) });
  };
  add('popularity', evaluateRanking(popularity(countItems(split)), split, 'test', { events }), null, null);

  const writeLog = writeRunLog(join(folder, runLogName));
  const tensorBoard = writeTensorBoard(join(folder, 'tensorboard'));
  if (!tensorBoard) say('No files for TensorBoard: WebAssembly cannot write them.');
  try {
    add(
      `untrained ${settings.encoder}`,
      evaluateRanking(modelScorer(model), split, 'test', { events }),
      null,
      training.seed,
    );
    const result = await trainEncoder(model, split, training, {
      folder: join(folder, 'checkpoints'),
      events,
      ...(labels && { labels }),
      onProgress: (progress) => {
        writeLog(progress);
        tensorBoard?.onProgress(progress);
        onProgress?.(progress);
      },
      say,
      ...(signal && { signal }),
    });
    const seconds = (before?.seconds ?? 0) + (Date.now() - startedAt.getTime()) / 1000;
    const trained = { bestEpoch: result.bestEpoch, stoppedBy: result.stoppedBy, history: result.history };
    if (result.stoppedBy === 'interrupt') {
      const record: RunRecord = { ...base, status: 'interrupted', seconds, training: trained };
      writeJson(join(folder, 'run.json'), record);
      return record;
    }
    const evaluation = evaluateRanking(modelScorer(model), split, 'test', { events, topN: 20 });
    add(
      settings.encoder,
      evaluation,
      describeObjectives(settings.encoder, training.objectives ?? defaultObjectives, training),
      training.seed,
    );
    saveModel(folder, model);
    writeRanks(join(folder, 'ranks.csv'), split, evaluation);
    if (result.groups) writeGroups(join(folder, 'groups.csv'), userIds, result.groups);
    const record: RunRecord = {
      ...base,
      status: 'finished',
      seconds: (before?.seconds ?? 0) + (Date.now() - startedAt.getTime()) / 1000,
      training: trained,
      results,
      tiedShare: evaluation.tiedShare,
      repeatShare: evaluation.repeatShare,
    };
    writeJson(join(folder, 'run.json'), record);
    rmSync(join(folder, 'checkpoints'), { recursive: true });
    return record;
  } finally {
    tensorBoard?.close();
    disposeTree(model.params);
  }
}

/** Learn the codes of what is known beside items from the training part, and put the sequences into them. */
function withSide(
  split: SplitSequences,
  { side: settings, training: { nextChannels = {} } }: ExperimentSettings,
): { split: SplitSequences; side?: ModelSide } {
  if (!settings) return { split };
  const codes = fitSideCodes(split, settings);
  const { profileFusion = 'concat' } = settings;
  return {
    split: withSequences(split, codeSide(split.sequences, codes, split)),
    side: {
      codes,
      profileFusion: Object.keys(codes.profile).length > 0 ? profileFusion : null,
      heads: Object.keys(nextChannels),
    },
  };
}

/** The labels that a classification among the objectives learns. @throws InputError when their file cannot be used */
async function labelsOf(
  { objectives = [] }: EncoderTraining,
  userIds: readonly string[],
): Promise<UserLabels | undefined> {
  for (const own of objectives) {
    if (own.name === 'classification') return labelUsers(await readLabels(own.labels), userIds);
  }
  return undefined;
}

/**
 * The model of an experiment as it is before it has learned anything.
 *
 * @throws InputError when the encoder's settings do not go together
 */
export function newModel(
  vocabulary: Vocabulary,
  { encoder, length, config, training }: ExperimentSettings,
  { side, itemTexts }: { readonly side: ModelSide | undefined; readonly itemTexts: Matrix | undefined },
): SequenceModel {
  try {
    const attentionPooling = poolsByAttention(training.objectives ?? defaultObjectives);
    return createModel(vocabulary, {
      encoder,
      length,
      seed: training.seed,
      config,
      attentionPooling,
      ...(side && { side }),
      ...(itemTexts && { itemTexts }),
    });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new InputError(`the encoder cannot be made (${error.message}).`, 'Choose other settings.');
  }
}

/**
 * The settings of an interrupted run, to go on with, or of a background run that has not begun.
 *
 * @throws InputError when there is nothing to go on with
 */
export function settingsOf(folder: string): ExperimentSettings {
  const remedy = 'Name the folder of an interrupted run.';
  const file = join(folder, 'run.json');
  const waiting = join(folder, settingsName);
  if (!existsSync(file) && existsSync(waiting)) return readJson(waiting, remedy) as ExperimentSettings;
  const record = readJson(file, remedy) as RunRecord;
  if (record.status === 'finished') {
    throw new InputError('this run is finished.', 'Start a new one with another --out.', { file: folder });
  }
  return record.settings as ExperimentSettings;
}

/**
 * What an earlier run has left in a folder; undefined when nothing stands there.
 *
 * @throws InputError when that run is finished, or was begun with other settings
 */
export function earlierRecord(folder: string, settings: ExperimentSettings): RunRecord | undefined {
  const file = join(folder, 'run.json');
  if (!existsSync(file)) return undefined;
  const record = readJson(file, 'Delete the folder or choose another --out.') as RunRecord;
  if (record.status === 'finished') {
    throw new InputError('this folder holds a finished run.', 'Choose another --out, or delete it.', {
      file: folder,
    });
  }
  // As they come back from the disk, in whatever order they were written.
  if (!isDeepStrictEqual(record.settings, JSON.parse(JSON.stringify(settings)))) {
    throw new InputError(
      'this folder holds an interrupted run with other settings.',
      'Go on with it by --resume, or choose another --out.',
      { file: folder },
    );
  }
  return record;
}

const quote = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** One line a user with training events: the group by the weights that were kept, from 0. */
function writeGroups(file: string, userIds: readonly string[], { labels }: UserGroups): void {
  const lines = userIds.flatMap((userId, user) =>
    labels[user]! < 0 ? [] : [`${quote(userId)},${labels[user]!}\n`],
  );
  replaceFile(file, [Buffer.from(`user,group\n${lines.join('')}`)]);
}

/**
 * One line a predicted event, so that anyone can recompute the metrics: user, target, rank, the best 20 items in order.
 * The items are separated by blanks, so a blank within an id is written %20.
 */
function writeRanks(file: string, split: SplitSequences, evaluation: RankingEvaluation): void {
  const { userIds, vocabulary } = split.sequences;
  const nameOf = (item: number): string => vocabulary.itemIds[item]!.replace(/\s/g, encodeURIComponent);
  const lines = Array.from(evaluation.users, (user, row) => {
    const top = Array.from(evaluation.top[row]!, nameOf);
    return [
      quote(userIds[user]!),
      quote(nameOf(evaluation.targets[row]!)),
      evaluation.ranks[row]!,
      quote(top.join(' ')),
    ].join(',');
  });
  replaceFile(file, [Buffer.from(`user,target,rank,top20\n${lines.join('\n')}\n`)]);
}
