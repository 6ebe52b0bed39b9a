import * as tf from '@tensorflow/tfjs';
import { createRng } from 'behavior-lab/base/random';
import { rankTargets, topItems } from 'behavior-lab/nn/rank';
import { asFloats, type OurWork } from './our-work';

export interface RankingSettings {
  readonly users: number;
  readonly items: number;
  readonly width: number;
  readonly seen: number;
  readonly top: number;
}

/** Users scored at a time. */
const batch = 1024;

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
  const users_ND = tf.tensor2d(userVectors, [users, width]);
  const items_VD = tf.tensor2d(itemVectors, [items, width]);

  const rank = (): { ranks: Int32Array; best: Int32Array[] } => {
    const ranks = new Int32Array(users);
    const best: Int32Array[] = [];
    for (let start = 0; start < users; start += batch) {
      const rows = Math.min(batch, users - start);
      tf.tidy(() => {
        const scores_NV: tf.Tensor2D = tf.matMul(
          tf.slice(users_ND, [start, 0], [rows, -1]),
          items_VD,
          false,
          true,
        );
        const out = excluded.slice(start, start + rows);
        ranks.set(rankTargets(scores_NV, targets.slice(start, start + rows), out), start);
        best.push(...topItems(scores_NV, top, out).items);
      });
    }
    return { ranks, best };
  };
  return {
    way: `eager, batches of ${batch}`,
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
function seenPairs(excluded: readonly Int32Array[]): [string, ReturnType<typeof asFloats>][] {
  const seenItem = Int32Array.from(excluded.flatMap((own) => [...own]));
  const seenUser = Int32Array.from(excluded.flatMap((own, user) => Array.from(own, () => user)));
  return [
    ['seenUser', asFloats(seenUser, [seenUser.length])],
    ['seenItem', asFloats(seenItem, [seenItem.length])],
  ];
}
