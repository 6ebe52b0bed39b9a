import { recallOfLists } from '../../evaluation/list-metrics';
import type { FriendScorer } from '../../recommendation/friend-scores';
import type { HiddenLinks, Link } from './hide-links';

/** How well hidden friends are found again. */
export interface FriendEvaluation {
  /** How often a hidden link has a higher score than a pair that is no link; equal scores count half. Of all such pairs, none sampled. */
  readonly auroc: number;
  /** Users with a hidden friend; one number a user in the following. */
  readonly users: Int32Array;
  /** 1 where one of the ten suggestions is a hidden friend. */
  readonly hit: Float64Array;
  /** Hidden friends among the ten, divided by ten. */
  readonly precision: Float64Array;
  /** Hidden friends among the ten, divided by all of the user's hidden friends. */
  readonly recall: Float64Array;
}

const listLength = 10;

/**
 * Rank all users who are not known to be friends, and see where the hidden ones stand.
 *
 * For the test, links of validation are friends that are not asked about: neither right nor wrong. Equal scores by row. For AUROC
 * the score of a pair is the mean of both directions.
 *
 * @throws RangeError when nothing is hidden, or a scorer gives another number of scores
 * @throws Error when a score is not a number
 * @source Liben-Nowell & Kleinberg, "The Link Prediction Problem for Social Networks", CIKM 2003; Lü & Zhou, "Link Prediction in
 *   Complex Networks: A Survey", Physica A 390(6), 2011, section 2 (AUC and precision).
 */
export function evaluateFriends(
  scorer: FriendScorer,
  links: HiddenLinks,
  which: 'validation' | 'test',
): FriendEvaluation {
  const asked = links[which];
  if (asked.length === 0) throw new RangeError(`evaluateFriends: no ${which} link is hidden`);
  const N = links.visible.length;
  const known = links.visible.map((own) => new Set(own));
  const passed = setsOf(N, which === 'test' ? links.validation : links.test);
  const right = setsOf(N, asked);
  const users: number[] = [];
  const lists: Int32Array[] = [];
  const scores = new Float64Array(N * N);
  for (let user = 0; user < N; user++) {
    const own = scorer.score(user);
    if (own.length !== N)
      throw new RangeError(`evaluateFriends: '${scorer.name}' gave ${own.length} scores for ${N} users`);
    const bad = own.findIndex((score) => Number.isNaN(score));
    if (bad >= 0) throw new Error(`evaluateFriends: '${scorer.name}' gave user ${user} no number for ${bad}`);
    scores.set(own, user * N);
    if (right[user]!.size === 0) continue;
    users.push(user);
    lists.push(best(own, (other) => other !== user && !known[user]!.has(other) && !passed[user]!.has(other)));
  }
  const [positives, negatives]: [number[], number[]] = [[], []];
  for (let one = 0; one < N; one++) {
    for (let other = one + 1; other < N; other++) {
      if (known[one]!.has(other) || passed[one]!.has(other)) continue;
      const score = (scores[one * N + other]! + scores[other * N + one]!) / 2;
      (right[one]!.has(other) ? positives : negatives).push(score);
    }
  }
  const relevant = users.map((user) => Int32Array.from(right[user]!));
  const recall = recallOfLists({ lists, relevant }, listLength);
  const found = recall.map((share, place) => Math.round(share * relevant[place]!.length));
  return {
    auroc: areaOf(Float64Array.from(positives).sort(), negatives),
    users: Int32Array.from(users),
    hit: found.map((count) => Number(count > 0)),
    precision: found.map((count) => count / listLength),
    recall,
  };
}

function setsOf(N: number, links: readonly Link[]): Set<number>[] {
  const sets = Array.from({ length: N }, () => new Set<number>());
  for (const [one, other] of links) {
    sets[one]!.add(other);
    sets[other]!.add(one);
  }
  return sets;
}

/** Rows of the ten highest scores, of equal ones the first. */
function best(scores: Float64Array, isCandidate: (other: number) => boolean): Int32Array {
  const list: number[] = [];
  for (let other = 0; other < scores.length; other++) {
    const score = scores[other]!;
    if (list.length === listLength && score <= scores[list.at(-1)!]!) continue;
    if (!isCandidate(other)) continue;
    let place = list.length;
    while (place > 0 && scores[list[place - 1]!]! < score) place -= 1;
    list.splice(place, 0, other);
    if (list.length > listLength) list.pop();
  }
  return Int32Array.from(list);
}

/** The area under the ROC curve: as `auroc`, which would sort the millions of pairs that are no link. */
function areaOf(positives: Float64Array, negatives: readonly number[]): number {
  /** Positives below `score`, or up to it. */
  const count = (score: number, withEqual: boolean): number => {
    let [low, high] = [0, positives.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      const isBelow = withEqual ? positives[middle]! <= score : positives[middle]! < score;
      if (isBelow) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  let won = 0;
  for (const score of negatives) {
    const [below, upTo] = [count(score, false), count(score, true)];
    won += positives.length - upTo + (upTo - below) / 2;
  }
  return won / (positives.length * negatives.length);
}
