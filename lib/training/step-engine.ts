import * as tf from '@tensorflow/tfjs';
import { RecordingError } from '../nn/graph/recording';
import { hasNativeOps } from '../nn/native/execute';
import { batchShape, uploadBatch, type BatchTensors } from './batch-tensors';
import {
  compileTrainingStep,
  eagerTrainingStep,
  type StepPlan,
  type StepResult,
  type TrainingStep,
} from './training-step';

/** How steps are computed: as one native graph, or one op after the other. */
export type Engine = 'graph' | 'eager';

/** Runs the steps of a training, and compiles when it has to. */
export interface StepEngine {
  /** What computes: eager also where a graph was asked for and could not be had. */
  engine(): Engine;
  /** Look at batches that will come, so that their shapes are compiled together. */
  expect(batches: Iterable<BatchTensors>): void;
  /** One update of the weights; see `TrainingStep.run`. */
  run(batch: BatchTensors, learningRate: number): StepResult;
  /** Bring the weights up to date before somebody reads them. */
  pull(): void;
  /** Take over weights that somebody changed since the last `pull`. */
  push(): void;
  dispose(): void;
}

/** The engine of a training that names none: graphs where there is native TensorFlow. */
export const defaultEngine = (): Engine => (hasNativeOps() ? 'graph' : 'eager');

/** More shapes than this are a sign of batches that are not padded to a few lengths. */
const mostShapes = 12;

/**
 * Make the engine of one training.
 *
 * A graph holds one recording for each shape of batch. A shape that comes unexpected is compiled together with those
 * before it. A loss that cannot be recorded is run eagerly, and `say` is told why.
 *
 * @throws RangeError, from `run`, when batches come in more than 12 shapes
 */
export function createStepEngine(
  plan: StepPlan,
  { engine, say }: { readonly engine: Engine; readonly say: (sentence: string) => void },
): StepEngine {
  if (engine === 'graph' && !hasNativeOps()) {
    say('there is no native TensorFlow, so that steps run eagerly and not as a graph');
  }
  const isEager = engine === 'eager' || !hasNativeOps();
  let step: TrainingStep | null = isEager ? eagerTrainingStep(plan) : null;
  const compiled = new Set<string>();
  const examples = new Map<string, BatchTensors[]>();

  const remember = (batch: BatchTensors): void => {
    const shape = batchShape(batch);
    const known = examples.get(shape) ?? [];
    if (known.length < 2) examples.set(shape, [...known, batch]);
  };
  const compile = (): TrainingStep => {
    if (examples.size > mostShapes) {
      throw new RangeError(
        `training: batches come in ${examples.size} shapes, and every shape is a graph of its own; ` +
          'pad them to a few lengths, or train with engine "eager"',
      );
    }
    step?.pull();
    step?.dispose();
    step = null;
    // A single batch of a shape is tried twice, each time with another key. What ran already need not be tried again.
    const tried = [...examples].flatMap(([shape, [first, second]]) =>
      compiled.has(shape) ? [first!] : [first!, second ?? first!],
    );
    const tensors = tried.map(uploadBatch);
    try {
      const graph = compileTrainingStep({ ...plan, examples: tensors });
      for (const shape of examples.keys()) compiled.add(shape);
      const { operations, seconds } = graph.report!;
      const count = [...operations.values()].reduce((sum, times) => sum + times, 0);
      say(`compiled ${count} operations for ${examples.size} shapes of batch in ${seconds.toFixed(1)} s`);
      return graph;
    } catch (error) {
      if (!(error instanceof RecordingError)) throw error;
      say(`the step cannot be recorded and runs eagerly, several times slower: ${error.message}`);
      return eagerTrainingStep(plan);
    } finally {
      tf.dispose(tensors.map((each) => Object.values(each)));
    }
  };

  return {
    engine: () => step?.engine ?? (isEager ? 'eager' : 'graph'),
    expect: (batches) => {
      if (!isEager) for (const batch of batches) remember(batch);
    },
    run: (batch, learningRate) => {
      if (step === null || (step.engine === 'graph' && !compiled.has(batchShape(batch)))) {
        remember(batch);
        step = compile();
      }
      const tensors = uploadBatch(batch);
      try {
        return step.run(tensors, learningRate);
      } finally {
        tf.dispose(Object.values(tensors));
      }
    },
    pull: () => step?.pull(),
    push: () => step?.push(),
    dispose: () => {
      step?.dispose();
      step = null;
    },
  };
}
