import type * as tf from '@tensorflow/tfjs';
import { createRng } from 'behavior-lab/base/random';
import { leaves } from 'behavior-lab/base/tree';
import { compileGraph } from 'behavior-lab/nn/graph/compile-graph';
import { inference } from 'behavior-lab/nn/mode';
import { drawSequences } from './draw-sequences';
import type { OurWork } from './our-work';
import { initRecurrent, recurrentState, type RecurrentSettings } from './recurrent';
import { isRecurrent, rowsOf, sharedOf, type IndexInputs } from './training';
import { initTransformer, transformerLastState, type TransformerSettings } from './transformer';

export type EncodingSettings = (RecurrentSettings | TransformerSettings) & {
  readonly users: number;
  readonly length: number;
};

/** Users encoded at a time. */
const batch = 500;

/** Vectors of a tenth of the users a sample, compiled, read back into JavaScript. */
export function openEncoding(settings: EncodingSettings): OurWork {
  const { users: N, length: T, vocabulary: V, width: D } = settings;
  const rng = createRng(1);
  const side = isRecurrent(settings) ? 'left' : 'right';
  const { items, lengths } = drawSequences(N, T, V, side, rng.child('sequences'));
  const inputs: IndexInputs = {
    items: { shape: [N, T], indices: items },
    lengths: { shape: [N], indices: lengths },
  };
  const { params, encode } = encoderOf(settings, rng.child('weights'));
  const graph = compileGraph({
    variables: leaves(params).map(([, leaf]) => leaf),
    run: (rows) => ({ vectors: encode(rows) }),
    examples: [rowsOf(inputs, 0, batch), rowsOf(inputs, batch, batch)],
  });
  const tenth = N / 10;
  let part = -1;
  const encodeTenth = (): Float32Array => {
    part = (part + 1) % 10;
    const vectors = new Float32Array(tenth * D);
    for (let start = 0; start < tenth; start += batch) {
      const rows = rowsOf(inputs, part * tenth + start, batch);
      const { vectors: encoded } = graph.run(rows);
      vectors.set(encoded!.dataSync(), start * D);
      for (const tensor of [encoded!, ...Object.values(rows)]) tensor.dispose();
    }
    return vectors;
  };
  return {
    way: `graph, batches of ${batch}`,
    sample: encodeTenth,
    values: () => {
      const vectors = encodeTenth();
      const sums = Array.from({ length: 20 }, (_, user) =>
        vectors.subarray(user * D, (user + 1) * D).reduce((sum, value) => sum + value, 0),
      );
      return [...sums, vectors.reduce((sum, value) => sum + Math.abs(value), 0) / vectors.length];
    },
    shared: () => sharedOf(params, inputs),
  };
}

function encoderOf(
  settings: EncodingSettings,
  rng: ReturnType<typeof createRng>,
): { params: object; encode: (inputs: Readonly<Record<string, tf.Tensor>>) => tf.Tensor2D } {
  if (isRecurrent(settings)) {
    const params = initRecurrent(settings, rng);
    return {
      params,
      encode: (inputs) => recurrentState(params, inputs['items'] as tf.Tensor2D, settings, inference),
    };
  }
  const transformer = settings as TransformerSettings;
  const params = initTransformer(transformer, rng);
  return { params, encode: (inputs) => transformerLastState(params, inputs, transformer, inference) };
}
