import { join } from 'node:path';
import { InputError } from '../base/errors';
import type { EventLog } from '../data/event';
import { loadMovieLens100k } from '../data/movielens';
import { startBackend } from '../nn/backend';
import { leaveOneOut, type LeaveOneOut } from '../preprocessing/leave-one-out';
import { toSequences } from '../preprocessing/sequences';
import type { TrainingProgress, TrainingResult } from '../training/train';
import { loadModel, readJson, saveModel, writeJson } from './model-folder';
import { describeSurroundings, type Surroundings } from './run-record';
import { createModel, type SequenceModel } from './sequence-model';
import { trainingDefaults, trainEncoder } from './train-encoder';

/** The data that the tour's notebooks share: MovieLens-100K, uncut, in time order, the last two events held out. */
export interface TourData {
  readonly log: EventLog;
  readonly split: LeaveOneOut;
}

/**
 * Load the data of the tour.
 *
 * 943 users, 1,682 items, 100,000 ratings; every rating is an event, whatever its stars. Equal times keep the
 * order of the file.
 *
 * @throws InputError when set-up has not placed the data, or a file is not the published one
 */
export async function loadTourData(): Promise<TourData> {
  const log = await loadMovieLens100k();
  return { log, split: leaveOneOut(toSequences(log)) };
}

/** What a notebook of the tour may change about the encoder. */
export interface TourSettings {
  /** D: numbers in an item's vector and in the state. */
  readonly width: number;
  /** T: events that the encoder reads, and the length of a training window. */
  readonly length: number;
  /** At most this many epochs; early stopping may come sooner. */
  readonly epochs: number;
  readonly seed: number;
}

/** The settings of the committed notebooks, which `npm start` runs. */
export const tourDefaults: TourSettings = Object.freeze({ width: 128, length: 100, epochs: 40, seed: 1 });

/** What the last bits of the tour's encoder depend on beside its settings: with another of these it is trained again. */
export async function tourArithmetic(): Promise<
  Pick<Surroundings, 'backend' | 'tensorflow' | 'threads' | 'oneDnn'>
> {
  const { backend, tensorflow, threads, oneDnn } = describeSurroundings(await startBackend());
  return { backend, tensorflow, threads, oneDnn };
}

/** The tour's encoder, trained or read, with the course of its training. */
export interface TourModel {
  readonly model: SequenceModel<'lstm'>;
  readonly training: TrainingResult;
}

/**
 * Train the tour's encoder and save it into `folder`.
 *
 * @throws InputError when it is stopped before the end: half a training must not pass for a whole one
 */
export async function makeTourModel(
  folder: string,
  { split }: TourData,
  { width, length, epochs, seed }: TourSettings,
  {
    onProgress,
    signal,
  }: { readonly onProgress?: (progress: TrainingProgress) => void; readonly signal?: AbortSignal } = {},
): Promise<TrainingResult> {
  const model = createModel(split.sequences.vocabulary, { encoder: 'lstm', length, seed, config: { width } });
  const training = await trainEncoder(
    model,
    split,
    { ...trainingDefaults, maxEpochs: epochs, seed },
    {
      ...(onProgress && { onProgress }),
      ...(signal && { signal }),
    },
  );
  if (training.stoppedBy === 'interrupt') {
    throw new InputError(
      `the training was stopped after ${training.history.length} of ${epochs} epochs.`,
      'Run the cell again, with fewer epochs if it takes too long.',
    );
  }
  saveModel(folder, model);
  writeJson(join(folder, 'training.json'), training);
  return training;
}

/** Read an encoder that `makeTourModel` saved. @throws InputError when a file is missing or damaged */
export function readTourModel(folder: string): TourModel {
  const training = readJson(join(folder, 'training.json'), 'Delete the folder; it will be made again.');
  return { model: loadModel(folder, 'lstm'), training: training as TrainingResult };
}
