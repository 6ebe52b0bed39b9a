import * as tf from '@tensorflow/tfjs';
import type { Matrix } from '../base/matrix';
import type { Rng } from '../base/random';
import { transpose, type SparseRows } from '../base/sparse-rows';
import { openAlsSolver, type PlacedEntries, type PlacedVectors } from './als-solver';
import type { ScoreFactors, Scorer } from './scorer';
import { usedItems } from './used-items';

/** How sure we are of what was used and what was not, and how hard vectors are held. */
export interface AlsConfidence {
  /** What was used with value r counts `1 + alpha * r`, what was not used 1. Default 40. */
  readonly alpha?: number;
  /** Above 0; default .01. */
  readonly l2?: number;
  /** Steps of conjugate gradients for each vector, from where it stands; D of them solve it, but for rounding. Default 3. */
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
 * with items held, then items with users held. Deterministic. On the CPU, also where there is a GPU.
 *
 * @param byUser users by items; the values say how often, all above 0
 * @throws RangeError when `numFactors`, `iterations` or `solverSteps` is no whole number from 1, `alpha` is negative, `l2` or a value is not
 *   above 0, one of them is not finite, numbers overflow, or all does not fit into 4.29 GB: 4 bytes for each factor, 16 for each pair
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
  const { alpha, l2, solverSteps } = checkedConfidence('als', options, defaults.solverSteps);
  const wrong = byUser.values.findIndex((value) => !(value > 0 && value < Infinity));
  if (wrong >= 0)
    throw new RangeError(`als: value ${wrong} must be above 0 and finite, got ${byUser.values[wrong]}`);
  const solver = openAlsSolver(numFactors);
  const [users, items] = [byUser, transpose(byUser)].map((side, at) => {
    const own = rng.child(at === 0 ? 'users' : 'items');
    const start = { length: (side.offsets.length - 1) * numFactors };
    return {
      vectors: solver.placeVectors(Float32Array.from(start, () => 0.01 * own.normal())),
      entries: solver.placeEntries(side, alpha),
    };
  }) as [Side, Side];
  for (let iteration = 0; iteration < iterations && !signal?.aborted; iteration++) {
    solver.hold(items.vectors, l2);
    solver.fit(users.vectors, users.entries, solverSteps);
    await new Promise(setImmediate);
    solver.hold(users.vectors, l2);
    solver.fit(items.vectors, items.entries, solverSteps);
    await new Promise(setImmediate);
    onIteration?.(iteration + 1, iterations);
  }
  return { users: solver.read(users.vectors), items: solver.read(items.vectors) };
}

interface Side {
  readonly vectors: PlacedVectors;
  readonly entries: PlacedEntries;
}

/**
 * Recommend by factors: the user's vector is solved from the history that is asked with, so that it may be anybody's.
 *
 * An item of the history counts as used once, however often it stands there.
 *
 * @param items      vectors of items by item index, from `als`
 * @param confidence that with which they were found; `solverSteps` is D where it is not said
 * @throws RangeError as `als`, of `confidence`
 */
export function byFactors(name: string, items: Matrix, confidence: AlsConfidence = {}): Scorer {
  const { rows: numItems, columns: numFactors, values } = items;
  const { alpha, l2, solverSteps } = checkedConfidence('byFactors', confidence, numFactors);
  const solver = openAlsSolver(numFactors);
  solver.hold(solver.placeVectors(values), l2);
  const factors = (histories: readonly Int32Array[]): ScoreFactors => {
    const users = solver.placeVectors(new Float32Array(histories.length * numFactors));
    try {
      solver.fit(users, solver.placeEntries(usedItems(histories, numItems), alpha), solverSteps);
      return {
        user_ND: tf.tensor2d(solver.read(users).values, [histories.length, numFactors]),
        item_VD: tf.tensor2d(values, [numItems, numFactors]),
      };
    } finally {
      solver.release(users);
    }
  };
  return {
    name,
    numItems,
    factors,
    score: (histories) =>
      tf.tidy(() => {
        const { user_ND, item_VD } = factors(histories);
        return tf.matMul(user_ND, item_VD, false, true);
      }),
  };
}

function checkedConfidence(
  caller: string,
  { alpha = defaults.alpha, l2 = defaults.l2, ...given }: AlsConfidence,
  usualSteps: number,
): Required<AlsConfidence> {
  const { solverSteps = usualSteps } = given;
  if (!(alpha >= 0 && alpha < Infinity))
    throw new RangeError(`${caller}: alpha must be 0 or more and finite, got ${alpha}`);
  if (!(l2 > 0 && l2 < Infinity)) throw new RangeError(`${caller}: l2 must be above 0 and finite, got ${l2}`);
  if (!(Number.isInteger(solverSteps) && solverSteps >= 1))
    throw new RangeError(`${caller}: solverSteps must be a whole number from 1, got ${solverSteps}`);
  return { alpha, l2, solverSteps };
}
