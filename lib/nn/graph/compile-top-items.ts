import * as tf from '@tensorflow/tfjs';
import { bestOfRows, excludeInPlace, groupSize } from '../rank-scores';
import type { TopItems } from '../rank';
import { compileGraph, type CompiledGraph } from './compile-graph';
import type { TensorRecord } from './recording';

/** What a graph for the best items by dot products is compiled for. */
export interface TopItemsShape {
  /** C: items that may be listed; padding is none. */
  readonly numCandidates: number;
  /** D: width of the vectors. */
  readonly width: number;
  /** Length of a list. */
  readonly n: number;
  /** The most excluded items that `topBlock` users in a row have. */
  readonly mostExcluded: number;
}

/** The best items by dot products, by one native graph. */
export interface CompiledTopItems {
  /**
   * The best items of each user, as `topItems` finds them among the scores.
   *
   * Vectors have to be finite, and small enough for no score to reach 1e30.
   *
   * @param user_ND  up to `topRows` users
   * @param items    from `candidates`
   * @param excluded item indices that are no candidates, one list a user
   */
  best(user_ND: tf.Tensor2D, items: tf.Tensor2D, excluded: readonly Int32Array[]): TopItems;
  /** Vectors of the items 1 to C as the graph reads them; the caller disposes them. */
  candidates(item_CD: tf.Tensor2D): tf.Tensor2D;
  dispose(): void;
}

/** Users whose scores are one tensor. */
export const topBlock = 128;
const numBlocks = 8;
/** The most users of one run. */
export const topRows = topBlock * numBlocks;

/** What is no candidate scores this: below any score, and finite. */
const out = -1e30;

/**
 * Compile the product of user and item vectors and the choice of the best into one graph of blocks, which run side by side.
 *
 * The scores are never held whole nor read back. One number more in each vector, 1 in a user's and 0 in an item's, lets whatever fills up the
 * last group of items score so low that it is never listed. Order: score descending, item index ascending.
 *
 * @throws as `compileGraph`
 * @source Krichene & Rendle, "On Sampled Metrics for Item Recommendation", KDD 2020: why all items are ranked.
 */
export function compileTopItems(shape: TopItemsShape): CompiledTopItems {
  const { numCandidates, width: D, n, mostExcluded } = shape;
  const W = Math.ceil((1 + numCandidates) / groupSize) * groupSize;
  const candidates = (item_CD: tf.Tensor2D): tf.Tensor2D =>
    tf.tidy(() => {
      const rest = W - 1 - numCandidates;
      const filler = (rows: number): tf.Tensor2D =>
        tf.concat([tf.zeros<tf.Rank.R2>([rows, D]), tf.fill<tf.Rank.R2>([rows, 1], out)], 1);
      const real = tf.concat([item_CD, tf.zeros<tf.Rank.R2>([numCandidates, 1])], 1);
      return tf.concat(rest > 0 ? [filler(1), real, filler(rest)] : [filler(1), real], 0);
    });
  const upload = (
    user_ND: tf.Tensor2D,
    items: tf.Tensor2D,
    excluded: readonly Int32Array[],
  ): TensorRecord => {
    const missing = topRows - user_ND.shape[0];
    return {
      users: tf.pad(tf.concat([user_ND, tf.ones<tf.Rank.R2>([user_ND.shape[0], 1])], 1), [
        [0, missing],
        [0, 0],
      ]),
      items: tf.clone(items),
      excluded: tf.tensor3d(placesOf(excluded, mostExcluded), [numBlocks, mostExcluded, 2], 'int32'),
    };
  };
  const examples = [1, 2].map((seed) =>
    tf.tidy(() => upload(whole(topRows, D, seed), candidates(whole(numCandidates, D, seed)), [])),
  );
  let graph: CompiledGraph;
  try {
    graph = compileGraph({ variables: [], run: (inputs) => bestInBlocks(inputs, n), examples });
  } finally {
    tf.dispose(examples);
  }
  return {
    candidates,
    best: (user_ND, items, excluded) => {
      const inputs = tf.tidy(() => upload(user_ND, items, excluded));
      const found = graph.run(inputs);
      try {
        return readLists(
          found['items']!.dataSync<'int32'>(),
          found['scores']!.dataSync<'float32'>(),
          excluded.length,
        );
      } finally {
        tf.dispose([inputs, found]);
      }
    },
    dispose: () => graph.dispose(),
  };
}

/** For each block the pairs (row, item) that are no candidates, filled up with padding. */
function placesOf(excluded: readonly Int32Array[], most: number): Int32Array {
  const places = new Int32Array(numBlocks * most * 2);
  for (let block = 0; block * topBlock < excluded.length; block++) {
    let place = block * most;
    for (const [row, own] of excluded.slice(block * topBlock, (block + 1) * topBlock).entries()) {
      for (const item of own) {
        places[2 * place] = row;
        places[2 * place + 1] = item;
        place++;
      }
    }
  }
  return places;
}

function bestInBlocks({ users, items, excluded }: TensorRecord, n: number): TensorRecord {
  const most = excluded!.shape[1]!;
  const blocks = Array.from({ length: numBlocks }, (_, block) => {
    const own_ND = tf.slice(users as tf.Tensor2D, [block * topBlock, 0], [topBlock, -1]);
    const scores_NW: tf.Tensor2D = tf.matMul(own_ND, items as tf.Tensor2D, false, true);
    const places_P2: tf.Tensor2D = tf.reshape(tf.slice(excluded!, [block, 0, 0], [1, most, 2]), [most, 2]);
    return bestOfRows(excludeInPlace(scores_NW, places_P2, out), n);
  });
  return {
    items: tf.concat(blocks.map(({ best_NK }) => best_NK)),
    scores: tf.concat(blocks.map(({ scores_NK }) => scores_NK)),
  };
}

/** Lists without what is no candidate. */
function readLists(items: Int32Array, scores: Float32Array, N: number): TopItems {
  const n = items.length / topRows;
  const top: TopItems = { items: [], scores: [] };
  for (let row = 0; row < N; row++) {
    let length = n;
    while (length > 0 && scores[row * n + length - 1]! <= out) length -= 1;
    top.items.push(items.slice(row * n, row * n + length));
    top.scores.push(scores.slice(row * n, row * n + length));
  }
  return top;
}

/** Small whole numbers, of which every order of summation makes the same scores. */
const whole = (rows: number, columns: number, seed: number): tf.Tensor2D =>
  tf.tensor2d(
    Float32Array.from({ length: rows * columns }, (_, place) => ((place * 7 + seed) % 11) - 5),
    [rows, columns],
  );
