import { createRng } from 'behavior-lab/base/random';
import { sparseRows, transpose, type SparseRows } from 'behavior-lab/base/sparse-rows';
import { findData } from 'behavior-lab/data/find-data';
import { readLog } from 'behavior-lab/data/read-log';
import { als } from 'behavior-lab/recommendation/als';
import { cosineNeighbors } from 'behavior-lab/recommendation/cosine-neighbors';
import { asFloats, type OurWork } from './our-work';

/** Who used what, from a file of pairs. */
interface PairSettings {
  readonly file: string;
}

export interface AlsSettings extends PairSettings {
  readonly factors: number;
  readonly iterations: number;
  readonly alpha: number;
  readonly l2: number;
}

export interface ItemKnnSettings extends PairSettings {
  readonly neighbors: number;
}

/** Factors of users and items by alternating least squares, from random ones of the same size on both sides. */
export function openAls({ file, factors, iterations, alpha, l2 }: AlsSettings): OurWork {
  const pairs = readPairs(file);
  const run = async () => als(await pairs, { numFactors: factors, iterations, alpha, l2, rng: createRng(1) });
  return {
    way: 'als, three steps of conjugate gradients',
    sample: run,
    // Each side draws its own start: what is compared is how much of the loss is left.
    values: async () => {
      const { users, items } = await run();
      return [lossOf(await pairs, users.values, items.values, { factors, alpha, l2 })];
    },
    shared: async () => sharedPairs(await pairs),
  };
}

/** The most similar other items of each item, by the cosine of their users. */
export function openItemKnn({ file, neighbors }: ItemKnnSettings): OurWork {
  const byItem = readPairs(file).then(transpose);
  return {
    way: 'cosineNeighbors',
    sample: async () => cosineNeighbors(await byItem, { most: neighbors }),
    // Equal similarities stand in any order: what is compared is their sum, item by item.
    values: async () => {
      const { similarities } = cosineNeighbors(await byItem, { most: neighbors });
      return similarities.map((own) => own.reduce((sum, similarity) => sum + similarity, 0));
    },
    shared: async () => sharedPairs(transpose(await byItem)),
  };
}

async function readPairs(name: string): Promise<SparseRows> {
  const { events } = await readLog(findData([name])!, { format: 'pairs' });
  const [users, items] = [
    [...new Set(events.map(({ userId }) => userId))],
    [...new Set(events.map(({ itemId }) => itemId!))],
  ].map((ids) => new Map(ids.map((id, at) => [id, at])));
  const cells = new Map<number, readonly [user: number, item: number]>();
  for (const { userId, itemId } of events) {
    const [user, item] = [users!.get(userId)!, items!.get(itemId!)!];
    cells.set(user * items!.size + item, [user, item]);
  }
  const all = [...cells.values()];
  return sparseRows(
    [users!.size, items!.size],
    all.map(([user]) => user),
    all.map(([, item]) => item),
    new Float64Array(all.length).fill(1),
  );
}

function sharedPairs(byUser: SparseRows) {
  const users = new Int32Array(byUser.columns.length);
  for (let user = 0; user + 1 < byUser.offsets.length; user++)
    users.fill(user, byUser.offsets[user], byUser.offsets[user + 1]);
  return {
    tensors: new Map([
      ['users', asFloats(users, [users.length])],
      ['items', asFloats(byUser.columns, [users.length])],
    ]),
    integers: ['users', 'items'],
  };
}

/** What is minimised, by user and item: over all pairs, of which the used ones are corrected. */
function lossOf(
  { offsets, columns, numColumns }: SparseRows,
  x: Float32Array,
  y: Float32Array,
  { factors: D, alpha, l2 }: Pick<AlsSettings, 'factors' | 'alpha' | 'l2'>,
): number {
  const gram = (of: Float32Array): Float64Array => {
    const sums = new Float64Array(D * D);
    for (let row = 0; row < of.length; row += D)
      for (let a = 0; a < D; a++) for (let b = 0; b < D; b++) sums[a * D + b]! += of[row + a]! * of[row + b]!;
    return sums;
  };
  const [ofX, ofY] = [gram(x), gram(y)];
  let loss = ofX.reduce((sum, value, place) => sum + value * ofY[place]!, 0);
  for (let user = 0; user + 1 < offsets.length; user++) {
    for (let entry = offsets[user]!; entry < offsets[user + 1]!; entry++) {
      let product = 0;
      for (let d = 0; d < D; d++) product += x[user * D + d]! * y[columns[entry]! * D + d]!;
      loss += (1 + alpha) * (1 - product) ** 2 - product ** 2;
    }
  }
  const squares = (of: Float32Array): number => of.reduce((sum, value) => sum + value * value, 0);
  return (loss + l2 * (squares(x) + squares(y))) / (offsets.length - 1) / numColumns;
}
