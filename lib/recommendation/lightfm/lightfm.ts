import { matrix, type Matrix } from '../../base/matrix';
import type { Rng } from '../../base/random';
import type { SparseRows } from '../../base/sparse-rows';
import { entriesOf, newLearner, newSide, onePass, scoreOf, type LightFmLoss } from './learner';
import { represent } from './side';

/** What users and items are made of: a row each, the value says how much of a feature. */
export interface LightFmFeatures {
  readonly users: SparseRows;
  readonly items: SparseRows;
}

/** How a model is trained. */
export interface LightFmOptions {
  readonly loss: LightFmLoss;
  /** D: numbers of a feature's vector. Default 10. */
  readonly numFactors?: number;
  /** Passes over the interactions; 0 leaves the model untrained. Default 30. */
  readonly epochs?: number;
  /** Step of Adagrad. Default .05. */
  readonly learningRate?: number;
  /** Items that `bpr` and `warp` draw at most for one that was liked, until one will do. Default 10. */
  readonly mostDraws?: number;
  readonly rng: Rng;
  /** Called after each pass, with the mean loss of its updates. */
  readonly onEpoch?: (done: number, epochs: number, meanLoss: number) => void;
  /** Stops after the pass that is under way; the model of then is returned. */
  readonly signal?: AbortSignal;
}

/** Vectors and biases of all features of users and items. */
export interface LightFm {
  readonly loss: LightFmLoss;
  readonly mostDraws: number;
  readonly learningRate: number;
  readonly features: LightFmFeatures;
  readonly userVectors: Matrix;
  readonly userBiases: Float32Array;
  readonly itemVectors: Matrix;
  readonly itemBiases: Float32Array;
}

/**
 * Learn vectors of features, so that a user is the sum of the vectors of her features and an item of its own: who is new, or has no
 * history, is known by what she shares with others.
 *
 * The score of an item for a user is the product of the two sums and the biases of both. With a feature of its own for each user and each
 * item (`ownFeatures`) and no other this is matrix factorisation, with `bpr` that of Rendle et al. Deterministic.
 *
 * @param interactions users by items: above 0 for what was liked, below 0 for what was not; the size says how much it counts. `bpr` and
 *   `warp` learn from the liked alone
 * @throws RangeError when a setting is out of range, features are not a row for each user and each item or not finite, an interaction is
 *   0 or not finite, or there is none that the loss learns from
 * @source Kula, "Metadata Embeddings for User and Item Cold-start Recommendations", CBRecSys 2015, sections 3 and 4; Rendle, Freudenthaler, Gantner
 *   & Schmidt-Thieme, "BPR: Bayesian Personalized Ranking from Implicit Feedback", UAI 2009; Weston, Bengio & Usunier, "WSABIE: Scaling Up To
 *   Large Vocabulary Image Annotation", IJCAI 2011, section 2.2 (WARP).
 * @differs LightFM draws the other item of `bpr` by how often items were used, and has L2; here all items alike (as Rendle et al.), without L2.
 */
export async function lightFm(
  interactions: SparseRows,
  features: LightFmFeatures,
  options: LightFmOptions,
): Promise<LightFm> {
  const { loss, numFactors = 10, epochs = 30, learningRate = 0.05, mostDraws = 10, rng } = options;
  checkSettings({ numFactors, epochs, learningRate, mostDraws });
  checkData(interactions, features);
  const users = newSide(features.users, numFactors, rng.child('users'));
  const items = newSide(features.items, numFactors, rng.child('items'));
  const learner = newLearner(users, items, { loss, learningRate, mostDraws, teachesItems: true });
  const entries = entriesOf(interactions, loss);
  if (entries.length === 0) throw new RangeError('lightFm: there is nothing to learn from');
  const draws = rng.child('draws');
  for (let epoch = 0; epoch < epochs && !options.signal?.aborted; epoch++) {
    const sum = onePass(learner, interactions, entries, draws);
    await new Promise(setImmediate);
    options.onEpoch?.(epoch + 1, epochs, sum / entries.length);
  }
  return {
    loss,
    mostDraws,
    learningRate,
    features,
    userVectors: matrix(features.users.numColumns, numFactors, users.vectors),
    userBiases: users.biases,
    itemVectors: matrix(features.items.numColumns, numFactors, items.vectors),
    itemBiases: items.biases,
  };
}

/** One feature a row, its own: what makes a row different from all others. */
export function ownFeatures(numRows: number): SparseRows {
  return {
    numColumns: numRows,
    offsets: Int32Array.from({ length: numRows + 1 }, (_, row) => row),
    columns: Int32Array.from({ length: numRows }, (_, row) => row),
    values: new Float64Array(numRows).fill(1),
  };
}

/**
 * The scores of pairs of a user and an item.
 *
 * @throws RangeError when there are not as many users as items
 */
export function lightFmScores(
  model: LightFm,
  users: ArrayLike<number>,
  items: ArrayLike<number>,
): Float64Array {
  if (users.length !== items.length) {
    throw new RangeError(`lightFmScores: ${users.length} users, ${items.length} items`);
  }
  const { features, userVectors, userBiases, itemVectors, itemBiases } = model;
  const numFactors = userVectors.columns;
  const [user, item] = [new Float64Array(numFactors + 1), new Float64Array(numFactors + 1)];
  return Float64Array.from({ length: users.length }, (_, pair) => {
    represent(
      { features: features.users, numFactors, vectors: userVectors.values, biases: userBiases },
      users[pair]!,
      user,
    );
    represent(
      { features: features.items, numFactors, vectors: itemVectors.values, biases: itemBiases },
      items[pair]!,
      item,
    );
    return scoreOf(user, item);
  });
}

function checkSettings(
  settings: Readonly<Record<'numFactors' | 'epochs' | 'learningRate' | 'mostDraws', number>>,
): void {
  for (const [name, least] of [
    ['numFactors', 1],
    ['epochs', 0],
    ['mostDraws', 1],
  ] as const) {
    const value = settings[name];
    if (!(Number.isInteger(value) && value >= least)) {
      throw new RangeError(`lightFm: ${name} must be a whole number from ${least}, got ${value}`);
    }
  }
  if (!(settings.learningRate > 0 && settings.learningRate < Infinity)) {
    throw new RangeError(`lightFm: learningRate must be above 0, got ${settings.learningRate}`);
  }
}

function checkData(interactions: SparseRows, { users, items }: LightFmFeatures): void {
  const numUsers = interactions.offsets.length - 1;
  for (const [name, features, count] of [
    ['users', users, numUsers],
    ['items', items, interactions.numColumns],
  ] as const) {
    const rows = features.offsets.length - 1;
    if (rows !== count)
      throw new RangeError(`lightFm: features of ${rows} ${name}, interactions of ${count}`);
    if (!features.values.every(Number.isFinite)) {
      throw new RangeError(`lightFm: a feature of ${name} is not finite`);
    }
  }
  if (!interactions.values.every((value) => Number.isFinite(value) && value !== 0)) {
    throw new RangeError('lightFm: an interaction is 0 or not finite');
  }
}
