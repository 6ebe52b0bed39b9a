import { clickProbability } from '../../data/shop/exposures';
import type { ShopLog } from '../../data/shop/log';
import { counterfactual } from '../../data/shop/truth';
import type { Sequences } from '../../preprocessing/sequences';
import type { LoopWorld } from './closed-loop';

const dayMs = 86_400_000;

/**
 * The customers of a made-up shop as a world that answers recommendations: by the probabilities that were planted.
 *
 * A round is a day, the first one that after the log's period; nothing is on offer, and interests are those at that time. Histories are the
 * sequences that are given, of customers alone.
 *
 * @param sequences of clicks, by `toSequences`: users and items as the shop names them
 * @throws RangeError when a user is no customer of the shop, or an item is none of its goods
 */
export function shopWorld(
  { log, truth }: ShopLog,
  sequences: Sequences,
): LoopWorld & { readonly userIds: readonly string[] } {
  const { userIds, offsets, items, vocabulary } = sequences;
  const stranger = userIds.find((id) => !truth.groupOf.has(id));
  if (stranger !== undefined) throw new RangeError(`shopWorld: '${stranger}' is no customer of the shop`);
  const goods = vocabulary.itemIds.map((id, index) => {
    const item = log.items.get(id);
    if (index > 0 && !item) throw new RangeError(`shopWorld: the shop has no item '${id}'`);
    return item;
  });
  const endMs = truth.options.startMs + truth.options.days * dayMs;
  return {
    userIds,
    histories: userIds.map((_, user) => items.slice(offsets[user], offsets[user + 1])),
    clickProbability: (user, item, { place, round, earlierViews }) =>
      clickProbability(
        counterfactual(truth, userIds[user]!, {
          ...{ item: goods[item]!, place, earlierViews },
          ...{ timeMs: endMs + round * dayMs, isDiscounted: false },
        }),
      ),
  };
}
