import * as tf from '@tensorflow/tfjs';
import type { Rng } from '../base/random';
import { initLowRank, withLowRank, type LowRankParams } from '../nn/low-rank';
import type { BertConfig, BertWeights } from './bert';

/** Low-rank updates of a BERT text encoder: of the queries and values of each block. */
export interface BertLowRankParams {
  readonly blocks: readonly { readonly query: LowRankParams; readonly value: LowRankParams }[]; // each [D, R] and [R, D]
}

/** What a low-rank update is made of. */
export interface LowRankConfig {
  /** R: 1 to the width. The paper finds 4 to 8 enough. */
  readonly rank: number;
  /** How much the update counts: it is multiplied by alpha / R. */
  readonly alpha: number;
}

/** The rank of the paper's GLUE runs, and an alpha of the same size. */
export const lowRankDefaults: LowRankConfig = Object.freeze({ rank: 8, alpha: 8 });

/** Draw updates that change nothing yet. @throws RangeError when the rank is out of range */
export function initBertLowRank(
  { width, numBlocks }: Pick<BertConfig, 'width' | 'numBlocks'>,
  { rank }: LowRankConfig,
  rng: Rng,
): BertLowRankParams {
  return {
    blocks: Array.from({ length: numBlocks }, (_, block) => ({
      query: initLowRank(width, width, rank, rng.child('query', block)),
      value: initLowRank(width, width, rank, rng.child('value', block)),
    })),
  };
}

/**
 * A BERT text encoder with its updates, to be read by `bert` or `sentenceVectors` in its place. What is frozen of it stays as it is.
 *
 * @returns weights to use within the same tidy
 * @source Hu et al., "LoRA: Low-Rank Adaptation of Large Language Models", ICLR 2022, section 4.2 (queries and values of the attention).
 */
export function bertWithLowRank(
  params: BertWeights,
  updates: BertLowRankParams,
  { alpha }: LowRankConfig,
): BertWeights {
  return {
    ...params,
    blocks: params.blocks.map((block, index) => {
      const { query, value } = updates.blocks[index]!;
      const { queryKeyValue, output } = block.attention;
      const [kernelOfQuery, kernelOfKey, kernelOfValue] = tf.split<tf.Tensor2D>(
        queryKeyValue.kernel,
        3,
        1,
      ) as [tf.Tensor2D, tf.Tensor2D, tf.Tensor2D];
      const { bias } = queryKeyValue;
      const kernel = tf.concat(
        [
          withLowRank({ kernel: kernelOfQuery, bias }, query, alpha).kernel,
          kernelOfKey,
          withLowRank({ kernel: kernelOfValue, bias }, value, alpha).kernel,
        ] as tf.Tensor2D[],
        1,
      );
      return { ...block, attention: { queryKeyValue: { kernel, bias }, output } };
    }),
  };
}
