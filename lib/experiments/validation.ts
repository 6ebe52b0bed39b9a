import * as tf from '@tensorflow/tfjs';
import { leaves } from '../base/tree';
import { pool } from '../encoders/pooling';
import { ndcg } from '../evaluation/ndcg';
import { compileRanking, type CompiledRanking, type RankingBatch } from '../nn/graph/compile-ranking';
import { RecordingError } from '../nn/graph/recording';
import { inference } from '../nn/mode';
import { hasNativeOps } from '../nn/native/execute';
import { ranksUnder } from '../nn/rank';
import { padBatch } from '../preprocessing/padded-batch';
import type { SplitSequences } from '../preprocessing/splits/split-sequences';
import type { RankQuestion } from '../recommendation/rank-with-scorer';
import { uploadBatch } from '../training/batch-tensors';
import type { Engine } from '../training/step-engine';
import { evaluateRanking } from './evaluate-ranking';
import { heldOut, type HeldOutEvents } from './held-out';
import { batchOf, contextInputs, encodeBatch } from './model-side';
import { asQuestion, modelScorer, type SequenceModel } from './sequence-model';

/** How the validation of a training is done. */
export interface ValidationOptions {
  readonly engine: Engine;
  /** Which of a user's validation events are predicted; default `last`. */
  readonly events?: HeldOutEvents;
  readonly say?: (sentence: string) => void;
}

/** The validation items of a split, ranked again and again while a model trains. */
export interface Validation {
  /** NDCG@10 with the model's present weights, as `evaluateRanking` gives it. */
  ndcg10(): number;
  dispose(): void;
}

/**
 * Rank the validation items of a split among all items as `evaluateRanking` does: with the engine `graph` the encoder, the
 * scores and the ranks of a batch are one native graph, compiled at the first use.
 *
 * Where the graph cannot be had it runs eagerly, and `say` is told why. The graph sums in another order than the eager run
 * does: items whose scores differ by rounding only may change places.
 */
export function createValidation(
  model: SequenceModel,
  split: SplitSequences,
  { engine, events = 'last', say = () => {} }: ValidationOptions,
): Validation {
  const eagerly = (): number => evaluateRanking(modelScorer(model), split, 'validation', { events }).ndcg10;
  if (engine === 'eager' || !hasNativeOps()) return { ndcg10: eagerly, dispose: () => {} };
  let compiled: CompiledValidation | 'refused' | undefined;
  return {
    ndcg10: () => {
      try {
        compiled ??= compileValidation(model, heldOut(split, { which: 'validation', events }));
      } catch (error) {
        if (!(error instanceof RecordingError)) throw error;
        say(`validation runs eagerly and not as a graph: ${error.message}`);
        compiled = 'refused';
      }
      return compiled === 'refused' ? eagerly() : ndcg(compiled.ranks(), 10);
    },
    dispose: () => {
      if (compiled !== undefined && compiled !== 'refused') compiled.dispose();
      compiled = undefined;
    },
  };
}

interface CompiledValidation {
  ranks(): Float64Array;
  dispose(): void;
}

/** Users ranked at a time. */
const batchSize = 256;

function compileValidation(model: SequenceModel, question: RankQuestion): CompiledValidation {
  const batches = questionBatches(model, question);
  const disposeInputs = (): void => tf.dispose(batches.map(({ inputs }) => Object.values(inputs)));
  let ranking: CompiledRanking;
  try {
    ranking = compileRanking({
      variables: leaves(model.params).map(([, leaf]) => leaf),
      scores: ({ isReal_BT, ...inputs }) => {
        const { hidden_BTD, itemVectors_VD } = encodeBatch(model, batchOf(model, inputs), inference);
        const user_BD = pool(hidden_BTD, isReal_BT as tf.Tensor2D, 'last');
        return tf.matMul(user_BD, itemVectors_VD, false, true);
      },
      listLength: 1,
      // One shape. A single batch is tried twice.
      examples: [batches[0]!, batches[1] ?? batches[0]!],
      mostExcluded: batches.reduce((most, { excluded }) => Math.max(most, sumOfLengths(excluded)), 0),
    });
  } catch (error) {
    disposeInputs();
    throw error;
  }
  return {
    ranks: () => {
      ranking.push();
      const all = batches.flatMap((batch) => [...ranksUnder(ranking.rank(batch).standing, 'index')]);
      return Float64Array.from(all.slice(0, question.targets.length)); // without the rows that fill up
    },
    dispose: () => {
      ranking.dispose();
      disposeInputs();
    },
  };
}

/** All users in batches of one shape; rows without a history fill up the last one. */
function questionBatches(
  model: SequenceModel,
  { histories, targets, contexts }: RankQuestion,
): RankingBatch[] {
  const rows = histories.map((history) => asQuestion(model, history));
  const length = rows.reduce((most, own) => Math.max(most, own.length), 1);
  const size = Math.min(batchSize, targets.length);
  return Array.from({ length: Math.ceil(targets.length / size) }, (_, number): RankingBatch => {
    const at = (row: number): number => number * size + row;
    const excluded = Array.from({ length: size }, (_, row) => histories[at(row)] ?? new Int32Array(0));
    const padded = padBatch(
      Array.from({ length: size }, (_, row) => rows[at(row)] ?? new Int32Array(0)),
      length,
    );
    return {
      inputs: {
        items_BT: tf.tensor2d(padded.items, [size, length], 'int32'),
        isReal_BT: tf.tensor2d(padded.isReal, [size, length]),
        ...uploadBatch(
          contextInputs(model, contexts?.slice(at(0), at(size)), {
            rows: size,
            length,
            lengths: padded.lengths,
          }),
        ),
      },
      targets: Int32Array.from({ length: size }, (_, row) => targets[at(row)] ?? 1),
      excluded,
    };
  });
}

const sumOfLengths = (arrays: readonly { readonly length: number }[]): number =>
  arrays.reduce((sum, { length }) => sum + length, 0);
