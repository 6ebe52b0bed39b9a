import type { Rng } from '../../base/random';
import type { SparseRows } from '../../base/sparse-rows';
import { addUpdate, represent, type Side } from './side';

/**
 * What a model learns from.
 *
 * | loss | wants |
 * |---|---|
 * | `logistic` | a score of what was liked above 0, of what was disliked below 0 |
 * | `bpr` | what was liked above an item that was drawn at random |
 * | `warp` | the same, drawing until an item is found that stands too high; the fewer draws, the more it counts: it pushes the top of the list |
 */
export const lightFmLosses = ['logistic', 'bpr', 'warp'] as const;
export type LightFmLoss = (typeof lightFmLosses)[number];

/** How a step is chosen, and how far it goes. */
export interface Lesson {
  readonly loss: LightFmLoss;
  readonly learningRate: number;
  /** Items that are drawn at most for one that was liked. */
  readonly mostDraws: number;
  /** Whether items move as well as users. */
  readonly teachesItems: boolean;
}

/** A model that is being trained: both sides, and room for the sums of a user and two items. */
export interface Learner {
  readonly users: Side;
  readonly items: Side;
  readonly how: Lesson;
  readonly user: Float64Array; // [D + 1], the bias last
  readonly liked: Float64Array;
  readonly other: Float64Array;
  readonly step: Float64Array;
}

/** Both sides and room to work. */
export function newLearner(users: Side, items: Side, how: Learner['how']): Learner {
  const room = (): Float64Array => new Float64Array(users.numFactors + 1);
  return { users, items, how, user: room(), liked: room(), other: room(), step: room() };
}

/** One pass over the entries in an order of its own. Returns the sum of the losses of the updates. */
export function onePass(learner: Learner, interactions: SparseRows, entries: Entries, draws: Rng): number {
  const order = Int32Array.from({ length: entries.length }, (_, entry) => entry);
  draws.shuffle(order);
  let sum = 0;
  for (const entry of order) {
    const [user, item, value] = [entries.users[entry]!, entries.items[entry]!, entries.values[entry]!];
    sum +=
      learner.how.loss === 'logistic'
        ? learnSign(learner, user, item, value)
        : learnOrder(learner, user, item, value, interactions, draws);
  }
  return sum;
}

/** Move the score of a pair to its sign. Returns the loss before. */
function learnSign(
  { users, items, how, ...room }: Learner,
  user: number,
  item: number,
  value: number,
): number {
  const { user: u, liked: i, step } = room;
  represent(users, user, u);
  represent(items, item, i);
  const score = scoreOf(u, i);
  const sign = value > 0 ? 1 : -1;
  const slope = (-sign * Math.abs(value)) / (1 + Math.exp(sign * score));
  const D = u.length - 1;
  if (how.teachesItems) {
    for (let d = 0; d < D; d++) step[d] = slope * u[d]!;
    step[D] = slope;
    addUpdate(items, item, step, how.learningRate);
  }
  for (let d = 0; d < D; d++) step[d] = slope * i[d]!;
  step[D] = slope;
  addUpdate(users, user, step, how.learningRate);
  return Math.abs(value) * Math.log1p(Math.exp(-sign * score));
}

/** A loss counts at most so much: LightFM's bound, against steps that throw everything over. */
const largestLoss = 10;

/** Move a liked item above another. Returns the loss before, 0 where nothing had to be moved. */
function learnOrder(
  { users, items, how, ...room }: Learner,
  user: number,
  item: number,
  value: number,
  interactions: SparseRows,
  draws: Rng,
): number {
  const { user: u, liked: i, other: j, step } = room;
  const numItems = items.features.offsets.length - 1;
  represent(users, user, u);
  represent(items, item, i);
  const likedScore = scoreOf(u, i);
  const isWarp = how.loss === 'warp';
  for (let drawn = 1; drawn <= how.mostDraws; drawn++) {
    const other = draws.integer(numItems);
    if (isLiked(interactions, user, other)) continue;
    represent(items, other, j);
    const margin = likedScore - scoreOf(u, j);
    if (isWarp && margin >= 1) continue;
    const slope = isWarp
      ? Math.min(largestLoss, value * Math.log(Math.max(1, Math.floor((numItems - 1) / drawn))))
      : value / (1 + Math.exp(margin));
    const D = u.length - 1;
    if (how.teachesItems) {
      for (let d = 0; d < D; d++) step[d] = -slope * u[d]!;
      step[D] = -slope;
      addUpdate(items, item, step, how.learningRate);
      for (let d = 0; d < D; d++) step[d] = slope * u[d]!;
      step[D] = slope;
      addUpdate(items, other, step, how.learningRate);
    }
    for (let d = 0; d < D; d++) step[d] = slope * (j[d]! - i[d]!);
    step[D] = 0; // the user's bias is in both scores
    addUpdate(users, user, step, how.learningRate);
    return isWarp ? slope * (1 - margin) : value * Math.log1p(Math.exp(-margin));
  }
  return 0;
}

/** The product of two sums, and their biases. */
export function scoreOf(user: Float64Array, item: Float64Array): number {
  const D = user.length - 1;
  let score = user[D]! + item[D]!;
  for (let d = 0; d < D; d++) score += user[d]! * item[d]!;
  return score;
}

function isLiked({ offsets, columns, values }: SparseRows, user: number, item: number): boolean {
  let [low, high] = [offsets[user]!, offsets[user + 1]! - 1];
  while (low <= high) {
    const middle = (low + high) >> 1;
    if (columns[middle] === item) return values[middle]! > 0;
    if (columns[middle]! < item) low = middle + 1;
    else high = middle - 1;
  }
  return false;
}

/** Users, items and values of interactions. */
export interface Entries {
  readonly length: number;
  readonly users: Int32Array;
  readonly items: Int32Array;
  readonly values: Float64Array;
}

/** The interactions that a loss learns from, one after the other. */
export function entriesOf({ offsets, columns, values }: SparseRows, loss: LightFmLoss): Entries {
  const users = new Int32Array(columns.length);
  for (let user = 0; user < offsets.length - 1; user++) users.fill(user, offsets[user], offsets[user + 1]);
  const all = Int32Array.from({ length: columns.length }, (_, entry) => entry);
  const kept = loss === 'logistic' ? all : all.filter((entry) => values[entry]! > 0);
  return {
    length: kept.length,
    users: kept.map((entry) => users[entry]!),
    items: kept.map((entry) => columns[entry]!),
    values: Float64Array.from(kept, (entry) => values[entry]!),
  };
}

/** Small vectors to begin with, as LightFM has them; biases 0. */
export function newSide(features: SparseRows, numFactors: number, rng: Rng): Side {
  const count = features.numColumns;
  const small = (): number => (rng.next() - 0.5) / numFactors;
  return {
    features,
    numFactors,
    vectors: Float32Array.from({ length: count * numFactors }, small),
    biases: new Float32Array(count),
    vectorSquares: new Float32Array(count * numFactors).fill(1),
    biasSquares: new Float32Array(count).fill(1),
  };
}
