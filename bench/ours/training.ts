import * as tf from '@tensorflow/tfjs';
import { createRng, type Rng } from 'behavior-lab/base/random';
import { leaves } from 'behavior-lab/base/tree';
import type { Mode } from 'behavior-lab/nn/mode';
import { drawSequences } from './draw-sequences';
import { asFloats, type OurWork, type SharedArrays } from './our-work';
import { initRecurrent, recurrentLoss, type RecurrentSettings } from './recurrent';
import { trainingSamples } from './training-samples';
import { initTransformer, transformerLoss, type TransformerSettings } from './transformer';

interface BatchSettings {
  readonly batch: number;
  readonly batches: number;
  readonly length: number;
  readonly learningRate: number;
  /** Share of a sequence's events that are masked; BERT only. */
  readonly masked?: number;
}

export type TrainingSettings = (RecurrentSettings | TransformerSettings) & BatchSettings;

/** Indices by name, the first axis being the batch (or user). */
export type IndexInputs = Readonly<
  Record<string, { readonly shape: readonly number[]; readonly indices: Int32Array }>
>;

/** A model ready to be trained: weights, the inputs of all batches, and the loss of one. */
interface TrainingModel {
  readonly params: object;
  readonly inputs: IndexInputs;
  readonly loss: (inputs: Readonly<Record<string, tf.Tensor>>, mode: Mode) => tf.Scalar;
}

/** Training steps of one model on a few batches in turn, compiled; the loss is read back after each. */
export function openTraining(settings: TrainingSettings): OurWork {
  const rng = createRng(1);
  const model = isRecurrent(settings) ? recurrentModel(settings, rng) : transformerModel(settings, rng);
  const { batches, learningRate } = settings;
  const examples = Array.from({ length: batches }, (_, batch) => rowsOf(model.inputs, batch));
  const shared = sharedOf(model.params, model.inputs);
  return { ...trainingSamples({ ...model, examples, learningRate }), shared: () => shared };
}

export const isRecurrent = <Settings extends { readonly model: string }>(
  settings: Settings,
): settings is Settings & RecurrentSettings => settings.model === 'lstm' || settings.model === 'gru';

/** Sequences padded on the left, the item after the last one as the target. */
function recurrentModel(settings: RecurrentSettings & BatchSettings, rng: Rng): TrainingModel {
  const { batches, batch: B, length: T, vocabulary: V } = settings;
  const { items } = drawSequences(batches * B, T, V, 'left', rng.child('sequences'));
  const draw = rng.child('targets');
  const targets = Int32Array.from({ length: batches * B }, () => 1 + draw.integer(V - 1));
  const params = initRecurrent(settings, rng.child('weights'));
  return {
    params,
    inputs: {
      items: { shape: [batches, B, T], indices: items },
      targets: { shape: [batches, B], indices: targets },
    },
    loss: (inputs, mode) => recurrentLoss(params, inputs, settings, mode),
  };
}

/** Sequences padded on the right; a target for each event, or one for each masked event. */
function transformerModel(settings: TransformerSettings & BatchSettings, rng: Rng): TrainingModel {
  const { batches, batch: B, length: T, vocabulary: V } = settings;
  const params = initTransformer(settings, rng.child('weights'));
  const drawn = drawSequences(batches * B, T, V - 1, 'right', rng.child('sequences'));
  const draw = rng.child('targets');
  const inputs: IndexInputs =
    settings.masked === undefined
      ? {
          items: { shape: [batches, B, T], indices: drawn.items },
          targets: {
            shape: [batches, B * T],
            indices: drawn.items.map((item) => (item === 0 ? 0 : 1 + draw.integer(V - 1))),
          },
        }
      : mask(drawn, settings, settings.masked, draw);
  return { params, inputs, loss: (batch, mode) => transformerLoss(params, batch, settings, mode) };
}

/** Put the mask's index (V - 1) at a share of each sequence's events, at least one; the number of places is fixed by T. */
function mask(
  { items, lengths }: { readonly items: Int32Array; readonly lengths: Int32Array },
  { batches, batch: B, length: T, vocabulary: V }: TransformerSettings & BatchSettings,
  share: number,
  rng: Rng,
): IndexInputs {
  const places = Math.ceil(share * T);
  const masked = new Int32Array(batches * B * places); // rows of a batch's states; 0 where there are fewer
  const targets = new Int32Array(batches * B * places); // 0: no target
  for (let row = 0; row < batches * B; row++) {
    const positions = Array.from({ length: lengths[row]! }, (_, t) => t);
    const count = Math.max(1, Math.round(share * lengths[row]!));
    for (let place = 0; place < count; place++) {
      const [t] = positions.splice(rng.integer(positions.length), 1) as [number];
      masked[row * places + place] = (row % B) * T + t;
      targets[row * places + place] = items[row * T + t]!;
      items[row * T + t] = V - 1;
    }
  }
  return {
    items: { shape: [batches, B, T], indices: items },
    targets: { shape: [batches, B * places], indices: targets },
    masked: { shape: [batches, B * places], indices: masked },
  };
}

/** One row of the first axis as tensors; with `count` so many rows, the first axis kept. */
export function rowsOf(inputs: IndexInputs, first: number, count?: number): Record<string, tf.Tensor> {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, { shape, indices }]) => {
      const [rows, ...rest] = shape as [number, ...number[]];
      const size = indices.length / rows;
      const part = indices.subarray(first * size, (first + (count ?? 1)) * size);
      return [name, tf.tensor(part, count === undefined ? rest : [count, ...rest], 'int32')];
    }),
  );
}

/** Weights (`weight.` and their path) and inputs, as the peers read them. */
export function sharedOf(params: object, inputs: IndexInputs): SharedArrays {
  return {
    tensors: new Map([
      ...leaves(params).map(
        ([path, leaf]) =>
          [`weight.${path}`, { shape: leaf.shape, values: leaf.dataSync<'float32'>() }] as const,
      ),
      ...Object.entries(inputs).map(
        ([name, { shape, indices }]) => [name, asFloats(indices, shape)] as const,
      ),
    ]),
    integers: Object.keys(inputs),
  };
}
