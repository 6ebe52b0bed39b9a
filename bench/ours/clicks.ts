import * as tf from '@tensorflow/tfjs';
import { createRng, type Rng } from 'behavior-lab/base/random';
import { leaves } from 'behavior-lab/base/tree';
import { loadMovieLens100k } from 'behavior-lab/data/movielens';
import { auroc } from 'behavior-lab/evaluation/auroc';
import { ratedClicks, type RatedClicks } from 'behavior-lab/experiments/clicks/rated-clicks';
import {
  clickChances,
  trainClickModel,
  type ClickRows,
} from 'behavior-lab/experiments/clicks/train-click-model';
import {
  clickModel,
  initClickModel,
  type ClickModelConfig,
  type ClickModelName,
  type ClickModelParams,
} from 'behavior-lab/recommendation/click-models/click-model';
import type { Field, Fields } from 'behavior-lab/recommendation/click-models/fields';
import { optimiserDefaults } from 'behavior-lab/training/optimiser';
import type { SavedTensor } from 'behavior-lab/training/safetensors';
import type { OurWork, SharedArrays } from './our-work';
import { trainingSamples } from './training-samples';

interface NetworkSettings {
  readonly width: number;
  /** Widths of the hidden layers, with spaces between them. */
  readonly hidden: string;
  readonly dropout: number;
  readonly learningRate: number;
}

export interface ClickStepSettings extends NetworkSettings {
  readonly batch: number;
  readonly batches: number;
  /** Fields of codes, and how many codes each has. */
  readonly categories: number;
  readonly codes: number;
  readonly numbers: number;
}

export interface ClickTrainingSettings extends NetworkSettings {
  /** Models, with spaces between them. */
  readonly models: string;
  /** Fields in their order, with spaces between them; the peers need it. */
  readonly fields: string;
  readonly batch: number;
  readonly maxEpochs: number;
  readonly patience: number;
  readonly clipNorm: number;
}

const configOf = (name: ClickModelName, fields: Fields, settings: NetworkSettings): ClickModelConfig => ({
  name,
  fields,
  ...(name !== 'logistic' && { width: settings.width }),
  ...(name !== 'logistic' &&
    name !== 'fm' && { hidden: settings.hidden.split(' ').map(Number), dropoutRate: settings.dropout }),
});

/** Training steps of DeepFM on a few drawn batches in turn; the loss is read back after each. */
export function openClickStep(settings: ClickStepSettings): OurWork {
  const { batch, batches, learningRate } = settings;
  const rng = createRng(1);
  const fields = drawnFields(settings);
  const drawn = drawRows(fields, batch * batches, rng.child('rows'));
  const config = configOf('deepfm', fields, settings);
  const params = initClickModel(config, rng.child('weights'));
  const shared = sharedWeights('', params);
  const examples = Array.from({ length: batches }, (_, at) =>
    Object.fromEntries(
      Object.entries(drawn).map(([name, values]) => {
        const own = values.subarray(at * batch, (at + 1) * batch);
        return [name, tf.tensor1d(own, own instanceof Int32Array ? 'int32' : 'float32')];
      }),
    ),
  );
  return {
    ...trainingSamples({
      params,
      loss: (inputs, mode) => {
        const logit_N = clickModel(params, inputs, config, mode);
        return tf.mean(tf.sub(tf.softplus(logit_N), tf.mul(logit_N, inputs['labels']!)));
      },
      examples,
      learningRate,
    }),
    shared: () => ({
      tensors: new Map<string, SavedTensor>([
        ...shared,
        ...Object.entries(drawn).map(
          ([name, values]) =>
            [`rows.${name}`, { shape: [batches, batch], values: Float32Array.from(values) }] as const,
        ),
      ]),
      integers: Object.keys(drawn)
        .filter((name) => drawn[name] instanceof Int32Array)
        .map((name) => `rows.${name}`),
    }),
  };
}

function drawnFields({ categories, codes, numbers }: ClickStepSettings): Fields {
  const fields: Record<string, Field> = {};
  for (let at = 0; at < categories; at++) fields[`category${at}`] = { kind: 'category', size: codes };
  for (let at = 0; at < numbers; at++) fields[`number${at}`] = { kind: 'number' };
  return fields;
}

/** Few codes are frequent and many rare, as in a log: the third power of a uniform number. */
function drawRows(fields: Fields, count: number, rng: Rng): Record<string, Int32Array | Float32Array> {
  const rows = Object.fromEntries(
    Object.entries(fields).map(([name, field]) => [
      name,
      'size' in field
        ? Int32Array.from({ length: count }, () => 1 + Math.floor((field.size - 1) * rng.next() ** 3))
        : Float32Array.from({ length: count }, () => rng.normal()),
    ]),
  );
  return { ...rows, labels: Float32Array.from({ length: count }, () => Number(rng.next() < 0.3)) };
}

/** Whole trainings on the ratings of MovieLens-100K as clicks, and how well each model tells clicks of the last tenth of time. */
export function openClickTraining(settings: ClickTrainingSettings): OurWork {
  const names = settings.models.split(' ') as ClickModelName[];
  const rows = loadMovieLens100k().then((log) => asked(ratedClicks(log), settings.fields.split(' ')));
  const start = (fields: Fields, name: ClickModelName): ClickModelParams =>
    initClickModel(configOf(name, fields, settings), createRng(1).child(name));
  const trainAll = async (): Promise<number[]> => {
    const { fields, training, validation, test } = await rows;
    const areas: number[] = [];
    for (const name of names) {
      const model = { config: configOf(name, fields, settings), params: start(fields, name) };
      await trainClickModel(
        model,
        { training, validation },
        {
          ...{ maxEpochs: settings.maxEpochs, patience: settings.patience, batchSize: settings.batch },
          optimiser: { ...optimiserDefaults.adam, learningRate: settings.learningRate },
          ...{ clipNorm: settings.clipNorm, validation: 'auroc', seed: 1 },
        },
      );
      areas.push(auroc(clickChances(model, test.values), test.labels));
    }
    return areas;
  };
  return {
    way: 'trainClickModel',
    sample: trainAll,
    values: trainAll,
    shared: async () => {
      const { fields, ...parts } = await rows;
      return sharedRows(
        fields,
        parts,
        names.flatMap((name) => sharedWeights(`${name}.`, start(fields, name))),
      );
    },
  };
}

/** Only some fields of the rows, in this order. */
function asked({ fields, training, validation, test }: RatedClicks, names: readonly string[]): RatedClicks {
  const only = <T>(of: Readonly<Record<string, T>>): Record<string, T> =>
    Object.fromEntries(names.map((name) => [name, of[name]!]));
  const part = ({ values, labels }: ClickRows): ClickRows => ({ values: only(values), labels });
  return {
    fields: only(fields),
    training: part(training),
    validation: part(validation),
    test: part(test),
  };
}

function sharedRows(
  fields: Fields,
  parts: Readonly<Record<string, ClickRows>>,
  weights: readonly (readonly [string, SavedTensor])[],
): SharedArrays {
  const integers: string[] = [];
  const tensors = new Map(weights);
  for (const [part, { values, labels }] of Object.entries(parts)) {
    const count = labels.length;
    tensors.set(`${part}.labels`, { shape: [count], values: Float32Array.from(labels) });
    for (const [name, own] of Object.entries(values)) {
      const width = own.length / count;
      integers.push(`${part}.${name}`);
      const isFlat = fields[name]!.kind === 'category';
      tensors.set(`${part}.${name}`, {
        shape: isFlat ? [count] : [count, width],
        values: Float32Array.from(own),
      });
    }
  }
  return { tensors, integers };
}

const sharedWeights = (prefix: string, params: ClickModelParams): (readonly [string, SavedTensor])[] =>
  leaves(params).map(
    ([path, leaf]) =>
      [`weight.${prefix}${path}`, { shape: leaf.shape, values: leaf.dataSync<'float32'>().slice() }] as const,
  );
