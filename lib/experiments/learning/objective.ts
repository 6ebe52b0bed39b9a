import * as tf from '@tensorflow/tfjs';
import { weight } from '../../base/tree';
import { constant } from '../../nn/constant';
import type { TensorRecord } from '../../nn/graph/recording';
import type { Mode } from '../../nn/mode';
import type { BatchTensors } from '../../training/batch-tensors';

/** One thing that a model learns: what is drawn for a step, on arrays, and how wrong the model is about it, on tensors. */
export interface Objective<Drawn = unknown> {
  /** Short, for messages; a protocol has `describeObjectives`. */
  readonly name: string;
  /** Weights that only this objective has, trained with the model's. */
  readonly heads?: object;
  /**
   * What is drawn for the steps of an epoch. Depends on the two numbers alone, so that a resumed training sees the same.
   *
   * @param round 0, or more where an objective that has more steps goes through this one several times an epoch
   */
  batches(epoch: number, round?: number): readonly Drawn[];
  /**
   * Bring what depends on the weights up to date before the first step of an epoch: groups of users, and what they are to become.
   *
   * It may change `heads`, and those alone; they are in a checkpoint, so that an epoch that was interrupted goes on with them.
   *
   * @returns `settled` when there is nothing left to learn
   */
  startEpoch?(epoch: number): 'settled' | 'goes on';
  /** Few different shapes: each one is compiled. */
  inputs(drawn: Drawn): BatchTensors;
  /** Mean loss over the targets of a batch; recorded into a graph. */
  loss(inputs: TensorRecord, mode: Mode): tf.Scalar;
  /** Targets in a batch. */
  weight(drawn: Drawn): number;
}

/** An objective among others. */
export interface WeightedObjective {
  readonly objective: Objective;
  /** What its loss is multiplied by: a number above 0, or one that is learned with the weights. */
  readonly weight: number | 'learned';
}

/**
 * Learn several things at once: a step takes a batch of each, and the losses are added.
 *
 * The first objective makes the epoch: it gives the number of steps, and its targets weigh the mean. The others start anew as often
 * as it takes, each time with other draws.
 *
 * Where one of them is settled, all end.
 *
 * A learned weight is exp(-s), and s/2 is added, so that a loss that stays large counts less without vanishing.
 *
 * @throws RangeError when there is no objective, or a weight is not above 0
 * @source Learned weights: Kendall, Gal & Cipolla, "Multi-Task Learning Using Uncertainty to Weigh Losses for Scene Geometry and
 *   Semantics", CVPR 2018, eq. 10, with s = log of the variance.
 */
export function together(all: readonly WeightedObjective[]): Objective<readonly unknown[]> {
  const [first] = all;
  if (!first) throw new RangeError('together: there is no objective');
  for (const { objective, weight } of all) {
    if (weight === 'learned' || weight > 0) continue;
    throw new RangeError(`together: the weight of ${objective.name} must be above 0, got ${weight}`);
  }
  const logVariances = all.map(({ weight: own }) =>
    own === 'learned' ? weight<tf.Rank.R1>(new Float32Array(1), [1]) : null,
  );
  const heads = Object.fromEntries(
    all.flatMap(({ objective }, index) => {
      const logVariance = logVariances[index];
      const own = { ...(objective.heads && { own: objective.heads }), ...(logVariance && { logVariance }) };
      return Object.keys(own).length > 0 ? [[`${index}`, own]] : [];
    }),
  );
  return {
    name: all
      .map(({ objective: { name }, weight }) => (weight === 1 ? name : `${weight} x ${name}`))
      .join(' + '),
    ...(Object.keys(heads).length > 0 && { heads }),
    batches: (epoch, round = 0) => {
      const steps = first.objective.batches(epoch, round);
      const others = all.slice(1).map(({ objective }) => repeated(objective, epoch, steps.length));
      return steps.map((drawn, step) => [drawn, ...others.map((own) => own[step])]);
    },
    startEpoch: (epoch) => {
      const states = all.map(({ objective }) => objective.startEpoch?.(epoch));
      return states.includes('settled') ? 'settled' : 'goes on';
    },
    inputs: (drawn) =>
      Object.fromEntries(
        all.flatMap(({ objective }, index) =>
          Object.entries(objective.inputs(drawn[index])).map(([name, value]) => [`${index}.${name}`, value]),
        ),
      ),
    loss: (inputs, mode) =>
      all
        .map(({ objective, weight }, index) => {
          const own = objective.loss(inputsOf(inputs, index), modeOf(mode, index));
          const logVariance = logVariances[index];
          if (!logVariance) return tf.mul(own, weight);
          const s = tf.reshape(logVariance, []);
          return tf.add(tf.mul(tf.exp(tf.neg(s)), own), tf.div(s, 2));
        })
        .reduce((sum, loss) => tf.add(sum, loss)) as tf.Scalar,
    weight: (drawn) => first.objective.weight(drawn[0]),
  };
}

/** As many batches as there are steps, from as many rounds as it takes. */
function repeated(objective: Objective, epoch: number, steps: number): unknown[] {
  const drawn: unknown[] = [];
  for (let round = 0; drawn.length < steps; round++) {
    const more = objective.batches(epoch, round);
    if (more.length === 0) throw new RangeError(`together: ${objective.name} has nothing to learn from`);
    drawn.push(...more);
  }
  return drawn.slice(0, steps);
}

const inputsOf = (inputs: TensorRecord, index: number): TensorRecord =>
  Object.fromEntries(
    Object.entries(inputs)
      .filter(([name]) => name.startsWith(`${index}.`))
      .map(([name, tensor]) => [name.slice(`${index}.`.length), tensor]),
  );

/** Each objective silences other numbers: the same sites, under another seed. */
const modeOf = (mode: Mode, index: number): Mode =>
  mode.training && index > 0
    ? {
        training: true,
        key: tf.add(
          mode.key,
          constant(() => tf.tensor1d([7919 * index, 0], 'int32')),
        ),
      }
    : mode;
