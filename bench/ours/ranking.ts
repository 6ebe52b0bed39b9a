import * as tf from '@tensorflow/tfjs';
import { createRng } from 'behavior-lab/base/random';
import { compileRanking, type RankingBatch } from 'behavior-lab/nn/graph/compile-ranking';
import { ranksUnder } from 'behavior-lab/nn/rank';
import { asFloats, type OurWork } from './our-work';

export interface RankingSettings {
  readonly users: number;
  readonly items: number;
  readonly width: number;
  readonly seen: number;
  readonly top: number;
}

/** Users scored at a time. */
const batch = 512;

/** Every user's best items and the rank of one target, from vectors of both; equal scores in the order of the item index. */
export function openRanking({ users, items, width, seen, top }: RankingSettings): OurWork {
  const rng = createRng(1);
  const userVectors = Float32Array.from({ length: users * width }, () => rng.normal());
  const itemVectors = Float32Array.from({ length: items * width }, () => rng.normal());
  const pick = (): number => 1 + rng.integer(items - 1);
  const targets = Int32Array.from({ length: users }, pick);
  // About `seen` a user, at least one; the target is never among them.
  const excluded = Array.from(targets, (target) => {
    const own = new Set(Array.from({ length: 1 + rng.integer(2 * seen - 1) }, pick));
    own.delete(target);
    return Int32Array.from(own).sort();
  });

  const items_VD = tf.variable(tf.tensor2d(itemVectors, [items, width]));
  const ranges = Array.from({ length: Math.ceil(users / batch) }, (_, number) => ({
    start: number * batch,
    end: Math.min(users, (number + 1) * batch),
  }));
  const batchOf = ({ start, end }: (typeof ranges)[number]): RankingBatch => ({
    inputs: { users: tf.tensor2d(userVectors.subarray(start * width, end * width), [end - start, width]) },
    targets: targets.slice(start, end),
    excluded: excluded.slice(start, end),
  });
  const ranking = compileRanking({
    variables: [items_VD],
    scores: ({ users }) => tf.matMul(users as tf.Tensor2D, items_VD, false, true),
    listLength: top,
    examples: [...ranges.slice(0, 2), ranges.at(-1)!].map(batchOf),
    mostExcluded: batch * 2 * seen,
  });

  const rank = (): { ranks: Int32Array; best: Int32Array[] } => {
    const ranks = new Int32Array(users);
    const best: Int32Array[] = [];
    for (const range of ranges) {
      const each = batchOf(range);
      const { standing, lists } = ranking.rank(each);
      tf.dispose(Object.values(each.inputs));
      ranks.set(ranksUnder(standing, 'index'), range.start);
      best.push(...lists);
    }
    return { ranks, best };
  };
  return {
    way: `graph, batches of ${batch}`,
    sample: rank,
    values: () => {
      const { ranks, best } = rank();
      const mean = (of: (rank: number) => number): number =>
        ranks.reduce((sum, value) => sum + of(value), 0) / users;
      return [
        mean((value) => value),
        mean((value) => 1 / value),
        ...best.slice(0, 5).flatMap((list) => [...list]),
      ];
    },
    shared: () => ({
      tensors: new Map([
        ['users', { shape: [users, width], values: userVectors }],
        ['items', { shape: [items, width], values: itemVectors }],
        ['targets', asFloats(targets, [users])],
        ...seenPairs(excluded),
      ]),
      integers: ['targets', 'seenUser', 'seenItem'],
    }),
  };
}

/** The excluded items as pairs, ordered by user. */
export function seenPairs(excluded: readonly Int32Array[]): [string, ReturnType<typeof asFloats>][] {
  const seenItem = Int32Array.from(excluded.flatMap((own) => [...own]));
  const seenUser = Int32Array.from(excluded.flatMap((own, user) => Array.from(own, () => user)));
  return [
    ['seenUser', asFloats(seenUser, [seenUser.length])],
    ['seenItem', asFloats(seenItem, [seenItem.length])],
  ];
}
