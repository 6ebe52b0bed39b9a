import * as tf from '@tensorflow/tfjs';
import { leaves, trainableLeaves } from '../base/tree';
import { compileGraph, type CompiledGraph, type GraphReport } from '../nn/graph/compile-graph';
import type { TensorRecord } from '../nn/graph/recording';
import { updateOnlyIf } from '../nn/native/update-variables';
import { trainingMode, type Mode } from '../nn/mode';
import { clipByGlobalNorm } from './clip-by-global-norm';
import { applyOptimiser, stepScalars, type Optimiser } from './optimiser';

/** What one training step is made of. */
export interface StepPlan {
  readonly params: object;
  /** Weights that the loss reads and no step changes. */
  readonly frozen?: object;
  readonly optimiser: Optimiser;
  /** Mean loss of a batch; tensors in, tensors out (see CONTRIBUTING, "What a graph can record"). Runs inside a tidy. */
  loss(inputs: TensorRecord, mode: Mode): tf.Scalar;
  /** Longest gradient over all weights together. Default: no limit. */
  readonly clipNorm?: number;
  /** Seed of dropout. */
  readonly seed: number;
}

/** What a step tells. */
export interface StepResult {
  readonly loss: number;
  /** Euclidean length of the gradient of all weights together, before clipping. */
  readonly gradientNorm: number;
}

/** One update of the weights at a time. Counts the optimiser's `step`. */
export interface TrainingStep {
  readonly engine: 'graph' | 'eager';
  /**
   * Compute loss and gradients of a batch, clip them, update the weights.
   *
   * @throws NonFiniteStepError when the loss or a gradient is not finite; then no weight was changed
   */
  run(inputs: TensorRecord, learningRate: number): StepResult;
  /** Bring the weights and the optimiser's memory up to date: until then a graph has newer ones of its own. */
  pull(): void;
  /** Take over weights that were changed elsewhere since the last `pull`. */
  push(): void;
  /** Free the graph; weights and memory stay as they were last pulled. */
  dispose(): void;
  readonly report: GraphReport | null;
}

/** The loss or a gradient is NaN or infinite. */
export class NonFiniteStepError extends Error {
  override readonly name = 'NonFiniteStepError';
  constructor(
    readonly loss: number,
    readonly gradientNorm: number,
    /** For example `the largest gradient is Infinity in layers.0.kernel`. */
    readonly largestGradient: string,
  ) {
    super(`the loss is ${loss}; ${largestGradient}`);
  }
}

/** A training step in JavaScript, one native op after the other: the reference, and the way on WebAssembly. */
export function eagerTrainingStep(plan: StepPlan): TrainingStep {
  return {
    engine: 'eager',
    run: (inputs, learningRate) =>
      within(plan, inputs, learningRate, (stepInputs) => stepOutputs(plan, stepInputs)),
    pull: () => {},
    push: () => {},
    dispose: () => {},
    report: null,
  };
}

/**
 * A training step as one native graph: forward, backward, clipping, optimiser; dropout with fresh randomness at every
 * step, the learning rate fed. The same code as `eagerTrainingStep`, recorded (see `compileGraph`).
 *
 * @param plan.examples batches: every shape that will be run, two different batches of each where there are two
 * @throws RecordingError when the loss does something that a graph would freeze
 * @throws GraphMismatchError when graph and eager step differ on the examples
 */
export function compileTrainingStep(
  plan: StepPlan & { readonly examples: readonly TensorRecord[] },
): TrainingStep {
  const weights = [...leaves(plan.params), ...leaves(plan.frozen ?? {})].map(([, leaf]) => leaf);
  const variables = [...weights, ...plan.optimiser.memory.values()];
  const firstRate = plan.optimiser.config.learningRate;
  let graph: CompiledGraph;
  const steps = plan.examples.map((_, index) => stepTensors(plan, firstRate, plan.optimiser.step + index));
  try {
    graph = compileGraph({
      variables,
      run: (inputs) => ({ result: stepOutputs(plan, inputs) }),
      examples: plan.examples.map((inputs, index) => ({ ...inputs, ...steps[index]! })),
    });
  } finally {
    tf.dispose(steps);
  }
  return {
    engine: 'graph',
    run: (inputs, learningRate) =>
      within(
        plan,
        inputs,
        learningRate,
        (stepInputs) => graph.run(stepInputs)['result'] as tf.Tensor1D,
        () => graph.pull(),
      ),
    pull: () => graph.pull(),
    push: () => graph.push(),
    dispose: () => graph.dispose(),
    report: graph.report,
  };
}

/** What is fed beside the batch: the key of dropout, and the optimiser's numbers of this step. */
function stepTensors(
  { optimiser, seed }: StepPlan,
  learningRate: number,
  stepsDone = optimiser.step,
): { stepKey: tf.Tensor1D; stepScalars: tf.Tensor1D } {
  return {
    stepKey: trainingMode(seed, stepsDone).key,
    stepScalars: tf.tensor1d(stepScalars(optimiser.config, stepsDone + 1, learningRate)),
  };
}

/** The step itself: loss and gradient norm as `[2]`, and the update of every weight if both are finite. */
function stepOutputs(plan: StepPlan, inputs: TensorRecord): tf.Tensor1D {
  const { value, gradients } = lossAndGradients(plan, inputs);
  const { clipped, norm } = clipByGlobalNorm(gradients, plan.clipNorm ?? Infinity);
  updateOnlyIf(tf.logicalAnd(tf.isFinite(value), tf.isFinite(norm)), () =>
    applyOptimiser(plan.optimiser, plan.params, clipped, inputs['stepScalars'] as tf.Tensor1D),
  );
  return tf.stack([value, norm]) as tf.Tensor1D;
}

function lossAndGradients(
  plan: StepPlan,
  stepInputs: TensorRecord,
): { value: tf.Scalar; gradients: Map<string, tf.Tensor> } {
  const { stepKey, ...inputs } = stepInputs;
  const named = trainableLeaves(plan.params);
  const pathOf = new Map(named.map(([path, leaf]) => [leaf.name, path]));
  const mode: Mode = { training: true, key: stepKey as tf.Tensor1D };
  const { value, grads } = tf.variableGrads(
    () => plan.loss(inputs, mode),
    named.map(([, leaf]) => leaf),
  );
  return {
    value,
    gradients: new Map(Object.entries(grads).map(([name, gradient]) => [pathOf.get(name)!, gradient])),
  };
}

/** Feed a step's numbers, run it, look at what came out and count it. */
function within(
  plan: StepPlan,
  inputs: TensorRecord,
  learningRate: number,
  run: (inputs: TensorRecord) => tf.Tensor1D,
  pull: () => void = () => {},
): StepResult {
  const { optimiser } = plan;
  let result: StepResult | undefined;
  tf.tidy(() => {
    const stepInputs = { ...inputs, ...stepTensors(plan, learningRate) };
    const [loss, gradientNorm] = run(stepInputs).dataSync<'float32'>() as unknown as [number, number];
    if (!Number.isFinite(loss) || !Number.isFinite(gradientNorm)) {
      pull();
      throw new NonFiniteStepError(loss, gradientNorm, largestGradient(plan, stepInputs));
    }
    result = { loss, gradientNorm };
  });
  optimiser.step += 1;
  return result!;
}

function largestGradient(plan: StepPlan, inputs: TensorRecord): string {
  const sizes = [...lossAndGradients(plan, inputs).gradients].map(([path, gradient]) => {
    // Not tf.max: it may pass over NaN.
    const values = gradient.dataSync<'float32'>();
    const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    return { path, largest: Number.isNaN(largest) ? Infinity : largest, shown: largest };
  });
  sizes.sort((a, b) => b.largest - a.largest);
  return sizes[0]
    ? `the largest gradient is ${sizes[0].shown} in ${sizes[0].path}`
    : 'there are no gradients';
}
