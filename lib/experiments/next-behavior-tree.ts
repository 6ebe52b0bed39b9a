import { matrix, selectRows, type Matrix } from '../base/matrix';
import {
  classifyByTree,
  fitDecisionTree,
  treeRules,
  type TreeLimits,
  type TreeNode,
  type TreeRule,
} from '../clustering/decision-tree';
import { meanInterval } from '../evaluation/mean-interval';
import type { Interval } from '../evaluation/proportion-interval';
import { summarise } from '../evaluation/summary';
import type { NamedColumn } from '../preprocessing/features/named-column';
import type { Sequences } from '../preprocessing/sequences';
import { usualGapMs } from '../preprocessing/slicing/sessions';

/** What a user had done, and what came next: one case for each event but the last of a user. */
export interface NextBehaviorCases {
  /** One row a case, one column a name. */
  readonly features: Matrix;
  readonly names: readonly string[];
  /** Of the event that came next, a place in `behaviors`. */
  readonly next: Int32Array;
  /** Of the event at hand. */
  readonly last: Int32Array;
  /** When the next event came. */
  readonly timesMs: Float64Array;
  /** Row of the user in the sequences. */
  readonly users: Int32Array;
  readonly behaviors: readonly string[];
}

/** Events that the counts look back on. */
const lookBack = 10;

/**
 * Describe each event by what is known right after it, in features that a person understands, and say what came next.
 *
 * Features: the last behaviour and the one before, how often each was among the last ten events, minutes since the event
 * before, events of this visit (pauses up to 30 minutes), whether the item is the one before and how often it was among
 * the last ten. Nothing of later events is in them.
 *
 * @throws RangeError when the sequences have no times, or no behaviours (`toSequences(log, { columns: ['behavior'] })`)
 */
export function nextBehaviorCases(sequences: Sequences): NextBehaviorCases {
  const { offsets, items, timesMs } = sequences;
  const column = sequences.columns?.find(({ name }) => name === 'behavior');
  if (!timesMs) throw new RangeError('nextBehaviorCases: the sequences have no times');
  if (!column) {
    throw new RangeError(
      "nextBehaviorCases: the sequences have no behaviours; ask for them: toSequences(log, { columns: ['behavior'] })",
    );
  }
  const behaviors = column.names.slice(1);
  const B = behaviors.length;
  const names = [
    ...behaviors.map((name) => `last is ${name}`),
    ...behaviors.map((name) => `before it ${name}`),
    ...behaviors.map((name) => `${name} in last ${lookBack}`),
    'minutes since event before',
    'events of this visit',
    'same item as before',
    `this item in last ${lookBack}`,
  ];
  const D = names.length;
  const cases: { row: number[]; next: number; last: number; timeMs: number; user: number }[] = [];
  for (let user = 0; user + 1 < offsets.length; user++) {
    let visit = 0;
    for (let at = offsets[user]!; at < offsets[user + 1]!; at++) {
      const isFirst = at === offsets[user]!;
      const gapMs = isFirst ? 0 : timesMs[at]! - timesMs[at - 1]!;
      visit = isFirst || gapMs > usualGapMs ? 1 : visit + 1;
      if (at + 1 === offsets[user + 1]!) break;
      cases.push({
        row: describe(at, Math.max(offsets[user]!, at - lookBack + 1), items, column, B, [
          gapMs / 60e3,
          visit,
        ]),
        next: column.codes[at + 1]! - 1,
        last: column.codes[at]! - 1,
        timeMs: timesMs[at + 1]!,
        user,
      });
    }
  }
  const features = new Float32Array(cases.length * D);
  for (const [place, { row }] of cases.entries()) features.set(row, place * D);
  return {
    features: matrix(cases.length, D, features),
    names,
    next: Int32Array.from(cases, ({ next }) => next),
    last: Int32Array.from(cases, ({ last }) => last),
    timesMs: Float64Array.from(cases, ({ timeMs }) => timeMs),
    users: Int32Array.from(cases, ({ user }) => user),
    behaviors,
  };
}

/** The features of event `at`, whose look back begins at `from`; both of one user. */
function describe(
  at: number,
  from: number,
  items: Int32Array,
  { codes }: NamedColumn,
  B: number,
  [minutes, visit]: readonly [number, number],
): number[] {
  const hot = (event: number): number[] => {
    const row = new Array<number>(B).fill(0);
    if (event >= from) row[codes[event]! - 1] = 1;
    return row;
  };
  const counts = new Array<number>(B).fill(0);
  let sameItem = 0;
  for (let event = from; event <= at; event++) {
    counts[codes[event]! - 1]! += 1;
    if (items[event] === items[at]) sameItem += 1;
  }
  const isRepeat = at > from && items[at - 1] === items[at];
  return [...hot(at), ...hot(at - 1), ...counts, minutes, visit, Number(isRepeat), sameItem];
}

/** A tree that says what a user will do next, and how far it can be trusted. */
export interface NextBehaviorTree {
  readonly behaviors: readonly string[];
  readonly tree: TreeNode;
  readonly rules: readonly TreeRule[];
  /** Cases it was fitted on, and cases that came later. */
  readonly fitted: number;
  readonly asked: number;
  /** Right answers among those that came later, as a share: of who always names the most frequent behaviour, of who names what most often followed the last one, and of the tree. */
  readonly accuracy: { readonly majority: number; readonly markov: number; readonly tree: number };
  /** What the tree adds to `markov`: mean over users of the difference of their shares, with its 95 % interval. */
  readonly gain: Interval & { readonly mean: number };
}

/**
 * Predict the next behaviour by a few plain questions about the last events.
 *
 * Fitted on what came before `cutMs`, asked about what came from then on. Two rivals stand beside it: the most frequent
 * behaviour, and a Markov chain, which knows the last behaviour only; what does not beat the chain has learned nothing
 * from the rest.
 *
 * @param cutMs milliseconds since 1970-01-01 UTC
 * @throws RangeError when nothing came before `cutMs`, or fewer than 2 users did anything from then on
 * @source Breiman, Friedman, Olshen & Stone, "Classification and Regression Trees", 1984 (the tree)
 * @source Montgomery, Li, Srinivasan & Liechty, "Modeling Online Browsing and Path Analysis Using Clickstream Data",
 *   Marketing Science 23(4), 2004 (the next step from what was done before, a Markov chain as the rival)
 */
export function nextBehaviorTree(
  cases: NextBehaviorCases,
  cutMs: number,
  limits: TreeLimits = {},
): NextBehaviorTree {
  const { features, names, next, last, timesMs, users, behaviors } = cases;
  const rows = Array.from(timesMs.keys());
  const before = rows.filter((row) => timesMs[row]! < cutMs);
  const after = rows.filter((row) => timesMs[row]! >= cutMs);
  const numAsked = new Set(after.map((row) => users[row])).size;
  if (before.length === 0 || numAsked < 2) {
    throw new RangeError(
      `nextBehaviorTree: ${before.length} cases before the cut, ${numAsked} users from it on; needs 1 and 2`,
    );
  }
  const tree = fitDecisionTree(
    selectRows(features, before),
    before.map((row) => next[row]!),
    limits,
  );
  const followers = Array.from({ length: behaviors.length }, () =>
    new Array<number>(behaviors.length).fill(0),
  );
  const all = new Array<number>(behaviors.length).fill(0);
  for (const row of before) {
    followers[last[row]!]![next[row]!]! += 1;
    all[next[row]!]! += 1;
  }
  const mostFrequent = all.indexOf(Math.max(...all));
  const follower = followers.map((counts) => {
    const most = Math.max(...counts);
    return most === 0 ? mostFrequent : counts.indexOf(most);
  });
  const byTree = classifyByTree(tree, selectRows(features, after));
  const right = {
    majority: after.map((row) => Number(next[row] === mostFrequent)),
    markov: after.map((row) => Number(next[row] === follower[last[row]!])),
    tree: after.map((row, place) => Number(next[row] === byTree[place])),
  };
  const differences = new Map<number, number[]>();
  for (const [place, row] of after.entries()) {
    const own = differences.get(users[row]!) ?? [];
    own.push(right.tree[place]! - right.markov[place]!);
    differences.set(users[row]!, own);
  }
  return {
    behaviors,
    tree,
    rules: treeRules(tree, names),
    fitted: before.length,
    asked: after.length,
    accuracy: {
      majority: summarise(right.majority).mean,
      markov: summarise(right.markov).mean,
      tree: summarise(right.tree).mean,
    },
    gain: meanInterval([...differences.values()].map((own) => summarise(own).mean)),
  };
}
