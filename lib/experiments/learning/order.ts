import * as tf from '@tensorflow/tfjs';
import type { Rng } from '../../base/random';
import type { Pooling } from '../../encoders/pooling';
import { inference } from '../../nn/mode';
import { classification, classProbabilitiesOf, initClassification } from '../../objectives/classification';
import { drawOrderQuestion, type OrderKind } from '../../objectives/order';
import { padBatch } from '../../preprocessing/padded-batch';
import { trainPart, type SplitSequences } from '../../preprocessing/splits/split-sequences';
import { uploadBatch, type BatchTensors } from '../../training/batch-tensors';
import { encoderOf } from '../encoder-catalogue';
import type { SequenceModel } from '../sequence-model';
import type { Objective } from './objective';
import { expectItemsOnly, pooledVectors } from './pooled-vectors';

/** How a model is asked about order. */
export interface OrderOptions {
  readonly kind: OrderKind;
  /** How the states of what is read become one vector. */
  readonly pooling: Pooling;
  /** Stretches in a step. */
  readonly batchSize: number;
  /** Events that are read at most, both slices of a pair together; default as many as the model reads. */
  readonly sliceLength?: number;
}

/** Stretches of a step, and whether each is in order. */
export interface DrawnOrders {
  readonly stretches: readonly Int32Array[];
  /** 1 where a stretch is in order. */
  readonly isInOrder: Int32Array;
}

/** Learning order, with the share of right answers for users whom nothing was asked in training. */
export interface OrderObjective extends Objective<DrawnOrders> {
  /** 0 to 1; chance is .5, since half of the answers are "in order". */
  accuracy(): number;
}

/** Of the users, how many are kept to be asked in validation: our choice. */
const validationShare = 0.1;
/** Stretches that each of them is asked about, so that one draw decides little. */
const validationDraws = 8;

/**
 * Is what was read in order, or was its order spoilt? A linear layer over the pooled states answers.
 *
 * Half of each batch is in order. One user in ten is never asked in training: `accuracy` asks those. A step reads one stretch a user.
 *
 * @throws RangeError when the encoder cannot know order (a mean of items, pooled by its last state), a length is out of range, or
 *   fewer than two users have histories whose order can be told
 */
export function orderPrediction(
  model: SequenceModel,
  split: SplitSequences,
  { kind, pooling, batchSize, sliceLength = model.length }: OrderOptions,
  rng: Rng,
): OrderObjective {
  const { isOrderless } = encoderOf(model.encoder);
  expectItemsOnly(model, 'order: a slice shows items', 'of a time gap, the order could be read off');
  if (isOrderless && pooling === 'last') {
    throw new RangeError(
      `order: the last state of ${model.encoder} is the same in any order; take another encoder`,
    );
  }
  if (!(Number.isInteger(sliceLength) && sliceLength >= 2 && sliceLength <= model.length)) {
    throw new RangeError(
      `order: sliceLength must be a whole number from 2 to ${model.length}, what the model reads, got ${sliceLength}`,
    );
  }
  const own = rng.child('order', kind);
  const users = own
    .child('users')
    .shuffle(
      Int32Array.from(split.sequences.userIds.keys()).filter((user) =>
        trainPart(split, user).some((item, _, [first]) => item !== first),
      ),
    );
  if (users.length < 2) throw new RangeError('order: two users with histories of different items are needed');
  const asked = users.subarray(0, Math.max(1, Math.floor(validationShare * users.length)));
  const learned = users.subarray(asked.length);
  const rows = Math.min(batchSize, learned.length);
  const longest = users.reduce((most, user) => Math.max(most, trainPart(split, user).length), 0);
  const length = Math.min(sliceLength, longest);
  const head = initClassification(model.config.width, 2, own.child('init'));

  // Every second row is in order: of any number of questions, half.
  const draw = (of: Int32Array, draws: Rng): DrawnOrders => {
    const stretches: Int32Array[] = [];
    const isInOrder: number[] = [];
    for (const user of of) {
      const answer = stretches.length % 2;
      const options = { kind, length, isInOrder: answer === 1 };
      const stretch = drawOrderQuestion(trainPart(split, user), options, draws);
      if (stretch === null) continue; // here nothing can be told
      stretches.push(stretch);
      isInOrder.push(answer);
    }
    return { stretches, isInOrder: Int32Array.from(isInOrder) };
  };
  const readings = ({ stretches }: DrawnOrders, count: number): BatchTensors => {
    const full = Array.from({ length: count }, (_, row) => stretches[row] ?? new Int32Array(0));
    const { items, isReal } = padBatch(full, length);
    const shape = [count, length];
    return { items_BT: { values: items, shape }, isReal_BT: { values: isReal, shape } };
  };
  const validation = draw(
    Int32Array.from({ length: validationDraws * asked.length }, (_, at) => asked[at % asked.length]!),
    own.child('validation'),
  );

  return {
    name: `order (${kind})`,
    heads: head,
    batches: (epoch, round = 0) => {
      const ofRound = own.child('epoch', epoch, 'round', round);
      const order = ofRound.child('order').shuffle(learned.slice());
      const draws = ofRound.child('draws');
      return Array.from({ length: Math.ceil(order.length / rows) }, (_, batch) =>
        draw(order.subarray(batch * rows, (batch + 1) * rows), draws),
      ).filter(({ stretches }) => stretches.length > 0);
    },
    inputs: (drawn) => {
      const labels = new Int32Array(rows);
      labels.set(drawn.isInOrder);
      return {
        ...readings(drawn, rows),
        labels_N: { values: labels, shape: [rows] },
        weights_N: { values: new Float32Array(rows).fill(1, 0, drawn.stretches.length), shape: [rows] },
      };
    },
    loss: (inputs, mode) =>
      tf.tidy(() =>
        classification(head, pooledVectors(model, pooling, inputs, mode), {
          labels_N: inputs['labels_N'] as tf.Tensor1D,
          weights_N: inputs['weights_N'] as tf.Tensor1D,
          loss: 'cross-entropy',
        }),
      ),
    weight: ({ stretches }) => stretches.length,
    accuracy: () => {
      let right = 0;
      for (let start = 0; start < validation.stretches.length; start += rows) {
        const part = { ...validation, stretches: validation.stretches.slice(start, start + rows) };
        const inputs = readings(part, part.stretches.length);
        const chosen = tf.tidy(() => {
          const tensors = uploadBatch(inputs);
          return tf
            .argMax(classProbabilitiesOf(head, pooledVectors(model, pooling, tensors, inference)), 1)
            .dataSync();
        });
        for (const [row, answer] of chosen.entries())
          if (answer === validation.isInOrder[start + row]) right += 1;
      }
      return right / validation.stretches.length;
    },
  };
}
