import * as tf from '@tensorflow/tfjs';
import { createRng } from 'behavior-lab/base/random';
import { compileGraph } from 'behavior-lab/nn/graph/compile-graph';
import { ranksUnder } from 'behavior-lab/nn/rank';
import { excludedPairs, readRanked } from 'behavior-lab/nn/rank-batch';
import { rankScores, type RankedScores } from 'behavior-lab/nn/rank-scores';
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

  const batches = Array.from({ length: Math.ceil(users / batch) }, (_, number) => {
    const rows = Math.min(batch, users - number * batch);
    const range = [number * batch, number * batch + rows] as const;
    return { rows, start: range[0], targets: targets.slice(...range), excluded: excluded.slice(...range) };
  });
  const most = Math.max(...batches.map((each) => excludedPairs(each.targets, each.excluded).length / 2));
  const inputsOf = ({
    start,
    rows,
    targets,
    excluded,
  }: (typeof batches)[number]): Record<string, tf.Tensor> => ({
    users: tf.tensor2d(userVectors.subarray(start * width, (start + rows) * width), [rows, width]),
    targets: tf.tensor1d(targets, 'int32'),
    excluded: tf.tensor2d(excludedPairs(targets, excluded, most), [most, 2], 'int32'),
  });
  const items_VD = tf.variable(tf.tensor2d(itemVectors, [items, width]));
  const graph = compileGraph({
    variables: [items_VD],
    run: ({ users, targets, excluded }) => {
      const scores: tf.Tensor2D = tf.matMul(users as tf.Tensor2D, items_VD, false, true);
      return { scores, ...rankScores(scores, targets as tf.Tensor1D, excluded as tf.Tensor2D, top) };
    },
    examples: [...batches.slice(0, 2), batches.at(-1)!].map(inputsOf),
  });

  const rank = (): { ranks: Int32Array; best: Int32Array[] } => {
    const ranks = new Int32Array(users);
    const best: Int32Array[] = [];
    for (const each of batches) {
      const inputs = inputsOf(each);
      const ranked = graph.run(inputs);
      const result = readRanked(
        ranked as unknown as RankedScores,
        ranked['scores'] as tf.Tensor2D,
        each.targets,
        each.excluded,
        top,
      );
      tf.dispose([Object.values(inputs), Object.values(ranked)]);
      ranks.set(ranksUnder(result.standing, 'index'), each.start);
      best.push(...result.lists);
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
function seenPairs(excluded: readonly Int32Array[]): [string, ReturnType<typeof asFloats>][] {
  const seenItem = Int32Array.from(excluded.flatMap((own) => [...own]));
  const seenUser = Int32Array.from(excluded.flatMap((own, user) => Array.from(own, () => user)));
  return [
    ['seenUser', asFloats(seenUser, [seenUser.length])],
    ['seenItem', asFloats(seenItem, [seenItem.length])],
  ];
}
