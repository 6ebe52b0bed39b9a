import * as tf from '@tensorflow/tfjs';
import { matrix, type Matrix } from '../base/matrix';
import type { Rng } from '../base/random';
import { transpose, type SparseRows } from '../base/sparse-rows';
import type { Scorer } from './scorer';
import { usedItems } from './used-items';

/** How sure we are of what was used and what was not, and how hard vectors are held. */
export interface AlsConfidence {
  /** What was used with value r counts `1 + alpha * r`, what was not used 1. Default 40. */
  readonly alpha?: number;
  /** Default .01. */
  readonly l2?: number;
  /** Steps of conjugate gradients for each vector, from where it stands; D of them solve it exactly. Default 3. */
  readonly solverSteps?: number;
}

/** How users and items are factorised. */
export interface AlsOptions extends AlsConfidence {
  /** D: numbers of a user and of an item. */
  readonly numFactors: number;
  /** Passes over users and items. Default 15. */
  readonly iterations?: number;
  readonly rng: Rng;
  /** Called after each pass. */
  readonly onIteration?: (done: number, iterations: number) => void;
  /** Stops after the pass that is under way; what was found until then is returned. */
  readonly signal?: AbortSignal;
}

/** Vectors whose products say how much a user prefers an item. */
export interface Factors {
  readonly users: Matrix;
  readonly items: Matrix;
}

const defaults = { alpha: 40, l2: 0.01, solverSteps: 3 };

/**
 * Find vectors of users and items whose products are near 1 for what was used and near 0 for the rest, by alternating least squares.
 *
 * What was not used counts as well, but less: nobody has to draw negatives, and the work grows with what was used alone. Users are solved
 * with items held, then items with users held. Deterministic.
 *
 * @param byUser users by items; the values say how often, all above 0
 * @throws RangeError when `numFactors` or `iterations` is no whole number from 1, `alpha` or `l2` is negative, or a value is not above 0
 * @source Hu, Koren & Volinsky, "Collaborative Filtering for Implicit Feedback Datasets", ICDM 2008, section 4; Takács, Pilászy & Tikk,
 *   "Applications of the Conjugate Gradient Method for Implicit Feedback Collaborative Filtering", RecSys 2011.
 */
export async function als(byUser: SparseRows, options: AlsOptions): Promise<Factors> {
  const { numFactors, iterations = 15, rng, onIteration, signal } = options;
  for (const [name, value] of Object.entries({ numFactors, iterations })) {
    if (!(Number.isInteger(value) && value >= 1)) {
      throw new RangeError(`als: ${name} must be a whole number from 1, got ${value}`);
    }
  }
  const confidence = { ...defaults, ...definedOnly(options) };
  for (const name of ['alpha', 'l2'] as const) {
    if (!(confidence[name] >= 0))
      throw new RangeError(`als: ${name} must be 0 or more, got ${confidence[name]}`);
  }
  if (!byUser.values.every((value) => value > 0 && value < Infinity)) {
    throw new RangeError('als: a value is not above 0');
  }
  const sides = [byUser, transpose(byUser)] as const;
  const plans = sides.map((side) => planBlocks(side, numFactors));
  const start = (side: SparseRows, name: string): tf.Tensor2D => {
    const own = rng.child(name);
    const count = side.offsets.length - 1;
    return tf.tensor2d(
      Float32Array.from({ length: count * numFactors }, () => 0.01 * own.normal()),
      [count, numFactors],
    );
  };
  let users = start(sides[0], 'users');
  let items = start(sides[1], 'items');
  for (let iteration = 0; iteration < iterations && !signal?.aborted; iteration++) {
    users = replaced(users, solve(plans[0]!, items, users, confidence));
    await new Promise(setImmediate);
    items = replaced(items, solve(plans[1]!, users, items, confidence));
    await new Promise(setImmediate);
    onIteration?.(iteration + 1, iterations);
  }
  const found = [users, items].map((factors) =>
    matrix(factors.shape[0], numFactors, factors.dataSync() as Float32Array),
  ) as [Matrix, Matrix];
  tf.dispose([users, items]);
  return { users: found[0], items: found[1] };
}

/**
 * Recommend by factors: the user's vector is solved from the history that is asked with, so that it may be anybody's.
 *
 * An item of the history counts as used once, however often it stands there.
 *
 * @param items vectors of items by item index, from `als`
 */
export function byFactors(name: string, items: Matrix, confidence: AlsConfidence = {}): Scorer {
  return {
    name,
    numItems: items.rows,
    score: (histories) =>
      tf.tidy(() => {
        const table = tf.tensor2d(items.values, [items.rows, items.columns]);
        const plan = planBlocks(usedItems(histories, items.rows), items.columns);
        const from = tf.zeros<tf.Rank.R2>([histories.length, items.columns]);
        const exact = { ...defaults, solverSteps: items.columns, ...definedOnly(confidence) };
        return tf.matMul(solve(plan, table, from, exact), table, false, true);
      }),
  };
}

/** Rows of about the same length that are solved together, filled up with entries of no weight. */
interface Block {
  readonly rows: Int32Array; // B
  readonly length: number; // L
  readonly columns: Int32Array; // [B * L]
  readonly values: Float32Array; // [B * L], 0 where filled up
}

/** So many numbers are gathered for a block, 16 MB. A pass over MovieLens-1M, 64 factors, 2 threads, minima of 4: 2 MB 1,230 ms, 4 MB 940, 16 MB 590, 64 MB 690. */
const blockNumbers = 2 ** 22;

function planBlocks({ offsets, columns, values }: SparseRows, numFactors: number): Block[] {
  const lengthOf = (row: number): number => offsets[row + 1]! - offsets[row]!;
  const rows = Int32Array.from({ length: offsets.length - 1 }, (_, row) => row);
  rows.sort((one, other) => lengthOf(other) - lengthOf(one) || one - other);
  const blocks: Block[] = [];
  for (let from = 0; from < rows.length;) {
    const length = Math.max(1, lengthOf(rows[from]!));
    const most = Math.max(1, Math.floor(blockNumbers / Math.max(length * numFactors, numFactors ** 2)));
    const own = rows.slice(from, from + most);
    const block = {
      rows: own,
      length,
      columns: new Int32Array(own.length * length),
      values: new Float32Array(own.length * length),
    };
    for (const [place, row] of own.entries()) {
      block.columns.set(columns.subarray(offsets[row], offsets[row + 1]), place * length);
      block.values.set(values.subarray(offsets[row], offsets[row + 1]), place * length);
    }
    blocks.push(block);
    from += own.length;
  }
  return blocks;
}

/** The vectors of all rows that fit the vectors of the columns best. */
function solve(
  blocks: readonly Block[],
  table_MD: tf.Tensor2D,
  from_ND: tf.Tensor2D,
  { alpha, l2, solverSteps }: Required<AlsConfidence>,
): tf.Tensor2D {
  return tf.tidy(() => {
    const D = table_MD.shape[1];
    const all_DD = tf.add(tf.matMul(table_MD, table_MD, true), tf.mul(tf.eye(D), l2));
    const solved = blocks.map((block) =>
      tf.tidy(() => {
        const [B, L] = [block.rows.length, block.length];
        const values_BL = tf.tensor2d(block.values, [B, L]);
        const extra_BL = tf.mul(values_BL, alpha); // beyond the 1 that everything counts
        const used_BL = tf.add(extra_BL, tf.cast(tf.greater(values_BL, 0), 'float32'));
        const of_BLD = tf.reshape(tf.gather(table_MD, tf.tensor1d(block.columns, 'int32')), [B, L, D]);
        const weighted_BLD = tf.mul(of_BLD, tf.expandDims(extra_BL, 2));
        const system_BDD: tf.Tensor3D = tf.add(tf.matMul(of_BLD, weighted_BLD, true, false), all_DD);
        const right_BD1: tf.Tensor3D = tf.matMul(of_BLD, tf.expandDims(used_BL, 2), true, false);
        const start_BD1: tf.Tensor3D = tf.expandDims(tf.gather(from_ND, tf.tensor1d(block.rows, 'int32')), 2);
        return tf.reshape(conjugateGradients(system_BDD, right_BD1, start_BD1, solverSteps), [B, D]);
      }),
    );
    const order = blocks.flatMap(({ rows }) => Array.from(rows));
    const placeOf = new Int32Array(order.length);
    for (const [place, row] of order.entries()) placeOf[row] = place;
    return tf.gather(tf.concat(solved, 0) as tf.Tensor2D, tf.tensor1d(placeOf, 'int32'));
  });
}

/** Come nearer to the solutions of B systems of D equations, some steps from where one starts. */
function conjugateGradients(
  system_BDD: tf.Tensor3D,
  right_BD1: tf.Tensor3D,
  start_BD1: tf.Tensor3D,
  steps: number,
): tf.Tensor3D {
  let x = start_BD1;
  let left: tf.Tensor3D = tf.sub(right_BD1, tf.matMul(system_BDD, x));
  let along = left;
  let square = tf.sum(tf.square(left), 1, true);
  for (let step = 0; step < steps; step++) {
    const image: tf.Tensor3D = tf.matMul(system_BDD, along);
    const far = tf.divNoNan(square, tf.sum(tf.mul(along, image), 1, true));
    x = tf.add(x, tf.mul(far, along));
    left = tf.sub(left, tf.mul(far, image));
    const next = tf.sum(tf.square(left), 1, true);
    along = tf.add(left, tf.mul(tf.divNoNan(next, square), along));
    square = next;
  }
  return x;
}

function replaced(old: tf.Tensor2D, value: tf.Tensor2D): tf.Tensor2D {
  old.dispose();
  return value;
}

const definedOnly = ({ alpha, l2, solverSteps }: AlsConfidence): AlsConfidence => ({
  ...(alpha !== undefined && { alpha }),
  ...(l2 !== undefined && { l2 }),
  ...(solverSteps !== undefined && { solverSteps }),
});
