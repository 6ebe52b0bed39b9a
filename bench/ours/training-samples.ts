import type * as tf from '@tensorflow/tfjs';
import type { Mode } from 'behavior-lab/nn/mode';
import { createOptimiser, optimiserDefaults } from 'behavior-lab/training/optimiser';
import { compileTrainingStep } from 'behavior-lab/training/training-step';
import type { OurWork } from './our-work';

type Inputs = Readonly<Record<string, tf.Tensor>>;

/** A model ready to be trained on a few batches in turn. */
export interface SampledTraining {
  readonly params: object;
  readonly loss: (inputs: Inputs, mode: Mode) => tf.Scalar;
  readonly examples: readonly Inputs[];
  readonly learningRate: number;
}

/** Training steps by Adam, compiled; the loss is read back after each. */
export function trainingSamples({
  params,
  loss,
  examples,
  learningRate,
}: SampledTraining): Pick<OurWork, 'way' | 'sample' | 'values'> {
  const optimiser = createOptimiser(params, { ...optimiserDefaults.adam, learningRate });
  const step = compileTrainingStep({ params, optimiser, loss, examples: examples.slice(0, 2), seed: 1 });
  const sample = (): number => step.run(examples[optimiser.step % examples.length]!, learningRate).loss;
  return { way: step.engine, sample, values: () => Array.from({ length: 8 }, sample) };
}
