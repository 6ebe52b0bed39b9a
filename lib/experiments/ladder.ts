import type { Rng } from '../base/random';
import { compareRanks, type ModelDifference, type RankedModel } from '../evaluation/difference/compare-ranks';
import { hitRate } from '../evaluation/hit-rate';
import { adjustPs } from '../evaluation/many-tests';
import { ndcg } from '../evaluation/ndcg';
import type { RunRecord } from './run-record';

/** One step of a ladder of improvements, measured: the same change, trained with several seeds or put together from several models. */
export interface ClimbedRung {
  readonly name: string;
  /** What was done here, beside the rung before. */
  readonly change: string;
  /** One a seed; a vote of several models is one. All were asked the same. */
  readonly runs: readonly RankedModel[];
}

/** What a rung is worth. */
export interface RungGain {
  readonly name: string;
  readonly change: string;
  readonly runs: number;
  /** Beside the rung before, and beside the first one: HR@10 and NDCG@10, p corrected over the steps of the ladder (Holm). Null for the first. */
  readonly step: readonly ModelDifference[] | null;
  readonly sinceStart: readonly ModelDifference[] | null;
  /** Means over users, each user's the mean over runs. */
  readonly hr10: number;
  readonly ndcg10: number;
}

const metrics = ['HR', 'NDCG'] as const;

/**
 * Measure what each rung of a ladder is worth: the change to the rung before, user by user, with its interval and whatever its sign.
 *
 * A user's gain is the mean over the runs of a rung, so that the interval speaks of other users; how far seeds differ stands in the runs.
 * Steps are several tests on the same people: their p are corrected together, for each metric.
 *
 * @param rungs the first one is what all is measured against
 * @throws RangeError when there are fewer than two, one has no runs, or they were not asked the same under one protocol (`compareRanks`)
 * @source Musgrave, Belongie & Lim, "A Metric Learning Reality Check", ECCV 2020 (improvements that vanish when all rungs are measured alike);
 *   Sakai, "Statistical Reform in Information Retrieval?", SIGIR Forum 48(1), 2014.
 */
export function climb(rungs: readonly ClimbedRung[], rng: Rng): RungGain[] {
  if (rungs.length < 2) throw new RangeError(`climb: a ladder has two rungs at least, got ${rungs.length}`);
  const bare = rungs.find(({ runs }) => runs.length === 0);
  if (bare) throw new RangeError(`climb: the rung '${bare.name}' has no runs`);
  const most = Math.max(...rungs.map(({ runs }) => runs.length));
  const together = rungs.map((rung) => asOne(rung, most));
  const between = (one: number, other: number): ModelDifference[] =>
    metrics.map((metric) =>
      compareRanks(together[one]!, together[other]!, { rng: rng.child(metric, one, other), metric, k: 10 }),
    );
  const steps = corrected(rungs.slice(1).map((_, at) => between(at, at + 1)));
  const sinceStart = corrected(rungs.slice(1).map((_, at) => between(0, at + 1)));
  return rungs.map(({ name, change, runs }, at) => {
    const [hr10, ndcg10] =
      at === 0 ? steps[0]!.map(({ values }) => values[0]) : steps[at - 1]!.map(({ values }) => values[1]);
    return {
      name,
      change,
      runs: runs.length,
      step: steps[at - 1] ?? null,
      sinceStart: sinceStart[at - 1] ?? null,
      hr10: hr10!,
      ndcg10: ndcg10!,
    };
  });
}

/**
 * Which of several runs a validation prefers: the largest at its best epoch, the first of equals.
 *
 * @throws RangeError when there is none, or one was not trained
 */
export function bestByValidation(runs: readonly Pick<RunRecord, 'training'>[]): number {
  if (runs.length === 0) throw new RangeError('bestByValidation: there are no runs');
  const values = runs.map(({ training }, run) => {
    const best = training?.history.find(({ epoch }) => epoch === training.bestEpoch);
    if (!best) throw new RangeError(`bestByValidation: run ${run} has no best epoch`);
    return best.validation;
  });
  return values.indexOf(Math.max(...values));
}

/** All runs of a rung as one model that was asked several times; fewer runs than `most` are repeated, which changes no user's mean. */
function asOne({ name, runs }: ClimbedRung, most: number): RankedModel {
  if (most % runs.length !== 0) {
    throw new RangeError(`climb: '${name}' has ${runs.length} runs beside ${most}: give as many, or one`);
  }
  const repeated = Array.from({ length: most }, (_, at) => runs[at % runs.length]!);
  const all = (part: 'ranks' | 'users' | 'targets'): number[] =>
    repeated.flatMap((run) => {
      const own = run[part];
      if (own === undefined) throw new RangeError(`climb: a run of '${name}' does not say its ${part}`);
      return Array.from(own);
    });
  const [{ protocol }] = runs as readonly [RankedModel];
  return {
    name,
    ranks: all('ranks'),
    users: all('users'),
    targets: all('targets'),
    protocol: { ...protocol, seed: runs.length === 1 ? protocol.seed : null },
  };
}

/** p of each metric, corrected over the steps. */
function corrected(steps: readonly (readonly ModelDifference[])[]): ModelDifference[][] {
  const ps = metrics.map((_, at) =>
    adjustPs(
      steps.map((step) => step[at]!.p),
      'holm',
    ),
  );
  return steps.map((step, place) => step.map((own, at) => ({ ...own, p: ps[at]![place]! })));
}

/**
 * A ladder as a table in Markdown: values, and the change at each rung with its interval of 95 % over users.
 *
 * @param baselines stand first, without a change: what a rung has to beat to be worth anything at all
 */
export function ladderTable(baselines: readonly ClimbedRung[], gains: readonly RungGain[]): string {
  const head = [
    'rung',
    'what is added',
    'runs',
    'HR@10',
    'change',
    'p',
    'NDCG@10',
    'change',
    'p',
    'NDCG@10 since the start',
  ];
  const dash = '-';
  const rows = [
    ...baselines.map(({ name, change, runs }) => {
      const ranks = runs.flatMap((run) => Array.from(run.ranks));
      return [
        name,
        change,
        String(runs.length),
        digits(hitRate(ranks, 10)),
        dash,
        dash,
        digits(ndcg(ranks, 10)),
        dash,
        dash,
        dash,
      ];
    }),
    ...gains.map(({ name, change, runs, step, sinceStart, hr10, ndcg10 }) => {
      const [ofHits, ofGain] = step ?? [];
      const since = sinceStart?.[1];
      return [
        name,
        change,
        String(runs),
        digits(hr10),
        ofHits ? changeOf(ofHits) : dash,
        ofHits ? printedP(ofHits.p) : dash,
        digits(ndcg10),
        ofGain ? changeOf(ofGain) : dash,
        ofGain ? printedP(ofGain.p) : dash,
        since ? changeOf(since) : dash,
      ];
    }),
  ];
  const { protocol, method, users } = gains.find(({ step }) => step !== null)!.step![1]!;
  const { data, split, candidates, seenItems, ties, target } = protocol;
  return [
    [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n'),
    '',
    `${data.name}, ${data.users} users, ${data.items} items, ${data.events} events; ${split}, ${target}, ${candidates} ranking, seen items ` +
      `${seenItems}, ties by ${ties}. Change: to the rung above it in the table; ${method}, over ${users} users, each the mean over the runs; p by Holm over the rungs.`,
  ].join('\n');
}

/** No test by drawing can say 0. */
const printedP = (p: number): string => (p < 0.001 ? '< .001' : digits(p, 3));

const digits = (value: number, places = 4): string => value.toFixed(places).replace(/^(-?)0\./, '$1.');
const signed = (value: number): string => `${value >= 0 ? '+' : ''}${digits(value)}`;
const changeOf = ({ difference, low, high }: ModelDifference): string =>
  `${signed(difference)} (${signed(low)} to ${signed(high)})`;
