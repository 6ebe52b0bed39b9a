import type { Rng } from '../../base/random';
import { giniIndex, catalogueCoverage, exposureCounts } from '../../evaluation/exposure';
import type { Scorer } from '../../recommendation/scorer';
import { recommend } from '../../recommendation/top-n';

/** Who recommends, and how it learns from what came of it. */
export interface LoopPolicy {
  readonly name: string;
  /**
   * What is recommended by in a round.
   *
   * @param histories items that each user clicked so far, oldest first: with the clicks of this policy's earlier rounds
   * @param round from 0
   */
  readonly learn: (histories: readonly Int32Array[], round: number) => Scorer | Promise<Scorer>;
}

/** The world that answers. */
export interface LoopWorld {
  /** Items that each user clicked before the first round. */
  readonly histories: readonly Int32Array[];
  /**
   * Probability of a click.
   *
   * @param user row in `histories`
   */
  readonly clickProbability: (user: number, item: number, at: LoopShowing) => number;
}

/** Where and when an item is shown. */
export interface LoopShowing {
  /** In the list, from 1. */
  readonly place: number;
  /** From 0. */
  readonly round: number;
  /** How often the user was shown the item in earlier rounds. */
  readonly earlierViews: number;
}

export interface LoopOptions {
  readonly rounds: number;
  /** Items in a list. */
  readonly listLength: number;
  /** Whether what a user has clicked may be recommended again; default false. */
  readonly repeats?: boolean;
  readonly rng: Rng;
}

/** What a round came to. */
export interface LoopRound {
  readonly policy: string;
  /** From 1. */
  readonly round: number;
  /** Clicks by items shown, drawn. */
  readonly clickRate: number;
  /** Their expectation: the mean probability, without the luck of the draw. */
  readonly expectedRate: number;
  /** Share of the catalogue that anybody was shown. */
  readonly coverage: number;
  /** Gini index of how often items were shown. */
  readonly gini: number;
}

/**
 * Let recommenders live on what they cause: recommend, get simulated clicks, learn from them, and again.
 *
 * Each policy has a log of its own, which grows by its own clicks alone. A click is drawn with one number for each user, round and place,
 * the same for all policies, so that they differ by what they show.
 *
 * @returns all rounds of the first policy, then those of the next
 * @throws RangeError when there are no rounds, policies or users, two policies have one name, or a probability is none
 * @source Jiang, Chiappa, Lattimore, György & Kohli, "Degenerate Feedback Loops in Recommender Systems", AIES 2019; Chaney, Stewart &
 *   Engelhardt, "How Algorithmic Confounding in Recommendation Systems Increases Homogeneity and Decreases Utility", RecSys 2018.
 */
export async function closedLoop(
  policies: readonly LoopPolicy[],
  { histories, clickProbability }: LoopWorld,
  { rounds, listLength, repeats = false, rng }: LoopOptions,
): Promise<LoopRound[]> {
  if (!(Number.isInteger(rounds) && rounds >= 1) || policies.length === 0 || histories.length === 0) {
    throw new RangeError(
      `closedLoop: ${policies.length} policies, ${rounds} rounds and ${histories.length} users`,
    );
  }
  if (new Set(policies.map(({ name }) => name)).size < policies.length)
    throw new RangeError('closedLoop: two policies have one name');
  const results: LoopRound[] = [];
  for (const { name, learn } of policies) {
    const log = histories.map((own) => Int32Array.from(own));
    const views = histories.map(() => new Map<number, number>());
    for (let round = 0; round < rounds; round++) {
      const scorer = await learn(log, round);
      const { items: lists } = recommend(scorer, log, { n: listLength, excludeSeen: !repeats });
      let [shown, clicks, expected] = [0, 0, 0];
      for (const [user, list] of lists.entries()) {
        const luck = rng.child('clicks', round, user);
        const clicked: number[] = [];
        for (const [at, item] of list.entries()) {
          const earlierViews = views[user]!.get(item) ?? 0;
          const probability = clickProbability(user, item, { place: at + 1, round, earlierViews });
          if (!(probability >= 0 && probability <= 1))
            throw new RangeError(`closedLoop: item ${item} is clicked with probability ${probability}`);
          views[user]!.set(item, earlierViews + 1);
          expected += probability;
          if (luck.next() < probability) clicked.push(item);
        }
        shown += list.length;
        clicks += clicked.length;
        log[user] = Int32Array.from([...log[user]!, ...clicked]);
      }
      const counts = exposureCounts(lists, listLength, scorer.numItems);
      results.push({
        policy: name,
        round: round + 1,
        clickRate: clicks / shown,
        expectedRate: expected / shown,
        coverage: catalogueCoverage(counts),
        gini: giniIndex(counts),
      });
    }
  }
  return results;
}
