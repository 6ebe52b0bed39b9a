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
 * with items held, then items with users held. Deterministic, and the same on every machine: the CPU does it.
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
  const { alpha, l2, solverSteps: steps } = confidence;
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
    solver.fit(users.vectors, items.vectors, users.entries, { l2, steps });
    await new Promise(setImmediate);
    solver.fit(items.vectors, users.vectors, items.entries, { l2, steps });
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
 * @param items vectors of items by item index, from `als`
 */
export function byFactors(name: string, items: Matrix, confidence: AlsConfidence = {}): Scorer {
  const { rows: numItems, columns: numFactors, values } = items;
  const {
    alpha,
    l2,
    solverSteps: steps,
  } = {
    ...defaults,
    solverSteps: numFactors,
    ...definedOnly(confidence),
  };
  const factors = (histories: readonly Int32Array[]): ScoreFactors => {
    const solver = openAlsSolver(numFactors);
    const users = solver.placeVectors(new Float32Array(histories.length * numFactors));
    const entries = solver.placeEntries(usedItems(histories, numItems), alpha);
    solver.fit(users, solver.placeVectors(values), entries, { l2, steps });
    return {
      user_ND: tf.tensor2d(solver.read(users).values, [histories.length, numFactors]),
      item_VD: tf.tensor2d(values, [numItems, numFactors]),
    };
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

const definedOnly = ({ alpha, l2, solverSteps }: AlsConfidence): AlsConfidence => ({
  ...(alpha !== undefined && { alpha }),
  ...(l2 !== undefined && { l2 }),
  ...(solverSteps !== undefined && { solverSteps }),
});
