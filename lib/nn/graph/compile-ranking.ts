import * as tf from '@tensorflow/tfjs';
import { excludedPairs, readRanked, type RankedBatch } from '../rank-batch';
import { rankScores, type RankedScores } from '../rank-scores';
import { compileGraph, type CompiledGraph, type GraphReport } from './compile-graph';
import type { TensorRecord } from './recording';

/** A batch of users to rank for. */
export interface RankingBatch {
  /** What `scores` reads: histories, or user vectors. */
  readonly inputs: TensorRecord;
  /** The item to find, one a row. */
  readonly targets: Int32Array;
  /** Item indices that are no candidates, one list a row; the target stays one. */
  readonly excluded: readonly Int32Array[];
}

/** What is ranked by. */
export interface RankingProgram {
  /** Weights that `scores` reads; the graph has its own, see `push`. */
  readonly variables: readonly tf.Variable[];
  /** One row of scores a user, `[N, V]`; column 0 is padding. Runs inside a tidy. */
  readonly scores: (inputs: TensorRecord) => tf.Tensor2D;
  /** Length of the lists, from 1. */
  readonly listLength: number;
  /** Batches to try the graph on: at least two, and one of each size that will come. */
  readonly examples: readonly RankingBatch[];
  /** The most excluded items that a batch has, over all its rows. */
  readonly mostExcluded: number;
}

/** Full ranking of batch after batch by one native graph. */
export interface CompiledRanking {
  /**
   * Where the targets stand, and the best items of each row; as `rankBatch`.
   *
   * @throws RangeError for a batch of a size that was not among the examples, or with more excluded items than announced
   */
  rank(batch: RankingBatch): RankedBatch;
  /** Take over the variables' present values, after a step of training for example. */
  push(): void;
  dispose(): void;
  readonly report: GraphReport;
}

/**
 * Compile inference and full ranking into one native graph: scores of all items, excluded ones out, the place of each
 * target, the best items.
 *
 * Only ranks and lists are read back, and the scores of rows in which the target ties.
 *
 * @throws as `compileGraph`
 * @source Krichene & Rendle, "On Sampled Metrics for Item Recommendation", KDD 2020: why all items are ranked.
 */
export function compileRanking(program: RankingProgram): CompiledRanking {
  const { variables, scores, listLength } = program;
  const mostExcluded = Math.max(1, program.mostExcluded);
  const upload = ({ inputs, targets, excluded }: RankingBatch): TensorRecord => ({
    ...inputs,
    rankTargets: tf.tensor1d(targets, 'int32'),
    rankExcluded: tf.tensor2d(excludedPairs(targets, excluded, mostExcluded), [mostExcluded, 2], 'int32'),
  });
  const free = ({ rankTargets, rankExcluded }: TensorRecord): void =>
    tf.dispose([rankTargets!, rankExcluded!]);

  const examples = program.examples.map(upload);
  const compile = (): CompiledGraph =>
    compileGraph({
      variables,
      run: ({ rankTargets, rankExcluded, ...inputs }) => {
        const scores_NV = scores(inputs);
        return {
          scores_NV,
          ...rankScores(scores_NV, rankTargets as tf.Tensor1D, rankExcluded as tf.Tensor2D, listLength),
        };
      },
      examples,
      compared: ['scores_NV'],
    });
  let graph: CompiledGraph;
  try {
    graph = compile();
  } finally {
    examples.forEach(free);
  }

  return {
    rank: (batch) => {
      const inputs = upload(batch);
      const ranked = graph.run(inputs) as unknown as RankedScores & { readonly scores_NV: tf.Tensor2D };
      try {
        return readRanked(ranked, ranked.scores_NV, batch.targets, batch.excluded, listLength);
      } finally {
        free(inputs);
        tf.dispose(Object.values(ranked) as tf.Tensor[]);
      }
    },
    push: () => graph.push(),
    dispose: () => graph.dispose(),
    report: graph.report,
  };
}
