import * as tf from '@tensorflow/tfjs';
import { leaves, mapLeaves, weight } from '../base/tree';
import type { Rng } from '../base/random';

/** A matrix of low rank, as the product of two: what is added to a frozen matrix of I rows and O columns. */
export interface LowRankParams {
  readonly down: tf.Variable<tf.Rank.R2>; // [I, r]
  readonly up: tf.Variable<tf.Rank.R2>; // [r, O]
}

/** What is added to the matrices of a model, by the paths of their leaves: `{ 'blocks.0.expand.kernel': ... }`. */
export type LowRankAdapter = Readonly<Record<string, LowRankParams>>;

export interface LowRankOptions {
  /** r: columns of `down` and rows of `up`, at least 1. */
  readonly rank: number;
  /** Which matrices; default all that are larger than the rank on both sides. */
  readonly only?: (path: string, leaf: tf.Variable) => boolean;
}

/**
 * Draw an adapter of low rank for every matrix of a model that is larger than the rank on both sides; vectors (biases, layer norms)
 * stay as they are.
 *
 * `down` is normal with a standard deviation of 1/sqrt(I), its first row zero for a table whose first row is (padding); `up` is zero,
 * so that at first the adapted model is the model itself, to the bit.
 *
 * @param model its weights, which this does not change
 * @throws RangeError when the rank is no whole number from 1, or no matrix that is asked for is larger
 * @source Hu et al., "LoRA: Low-Rank Adaptation of Large Language Models", ICLR 2022, section 4.1.
 * @differs All matrices are adapted by default, tables of vectors too; in the paper those of attention, queries and values. The product counts as it is: the
 *   paper's alpha is r.
 */
export function initLowRank(
  model: object,
  { rank, only = () => true }: LowRankOptions,
  rng: Rng,
): LowRankAdapter {
  if (!Number.isInteger(rank) || rank < 1) {
    throw new RangeError(`initLowRank: rank must be a whole number from 1, got ${rank}`);
  }
  const matrices = leaves(model).filter(
    ([path, leaf]) => leaf.shape.length === 2 && Math.min(...leaf.shape) > rank && only(path, leaf),
  );
  if (matrices.length === 0) throw new RangeError(`initLowRank: no matrix is larger than rank ${rank}`);
  return Object.fromEntries(
    matrices.map(([path, leaf]) => {
      const [I, O] = leaf.shape as [number, number];
      const draw = rng.child('low-rank', path);
      const down = Float32Array.from({ length: I * rank }, () => draw.normal() / Math.sqrt(I));
      if (isZero(leaf, O)) down.fill(0, 0, rank);
      const up = new Float32Array(rank * O);
      return [path, { down: weight<tf.Rank.R2>(down, [I, rank]), up: weight<tf.Rank.R2>(up, [rank, O]) }];
    }),
  );
}

const isZero = (leaf: tf.Tensor, columns: number): boolean =>
  tf.tidy(() =>
    tf
      .slice(leaf, [0, 0], [1, columns])
      .dataSync()
      .every((value) => value === 0),
  );

/**
 * The weights of a model with an adapter: `W + down · up` in the place of each adapted matrix W.
 *
 * A function of tensors: gradients reach the adapter, and may be taken of it alone. Call it inside a tidy.
 *
 * @returns a tree like the model's, of tensors
 * @throws RangeError when the adapter has a path that the model has not
 * @source Hu et al., "LoRA", ICLR 2022, eq. 3.
 */
export function withLowRank<Model extends object>(model: Model, adapter: LowRankAdapter): Model {
  const paths = new Set(leaves(model).map(([path]) => path));
  const stray = Object.keys(adapter).find((path) => !paths.has(path));
  if (stray !== undefined) throw new RangeError(`withLowRank: the model has no ${stray}`);
  return mapLeaves<tf.Tensor>(model, (path, leaf) => {
    const own = adapter[path];
    return own ? tf.add(leaf, tf.matMul(own.down, own.up)) : leaf;
  }) as unknown as Model;
}
