import type { Rng } from '../../base/random';
import { discountedGain } from '../ndcg';
import { protocolDifferences, type Protocol } from '../protocol';
import type { Interval } from '../proportion-interval';
import { expectCutoff, expectRanks } from '../ranks';
import { pairedCohensD } from './effect-size';
import { pairedBootstrap } from './paired-bootstrap';
import { signFlipTest } from './sign-flip-test';
import { wilcoxon } from './wilcoxon';

/** Where a model ranked the right items, event by event, and under which conditions. */
export interface RankedModel {
  readonly name: string;
  /** 1-based place of each held-out item (`evaluateRanking`). */
  readonly ranks: ArrayLike<number>;
  /** Row of the user behind each rank; default: every rank is a user of its own. */
  readonly users?: ArrayLike<number>;
  /** Item held out behind each rank, where known: then both models must have been asked the same. */
  readonly targets?: ArrayLike<number>;
  readonly protocol: Protocol;
}

export interface CompareOptions {
  readonly rng: Rng;
  readonly metric: 'HR' | 'NDCG' | 'MRR';
  /** Length of list; not for MRR. */
  readonly k?: number;
  /** Of the bootstrap and of the sign-flip test; default 10,000. */
  readonly resamples?: number;
  /** Of the interval; default .95. */
  readonly level?: number;
}

/** A difference of two models that carries its interval, its p, its size and the protocol. */
export interface ModelDifference extends Interval {
  /** 'NDCG@10'. */
  readonly metric: string;
  readonly names: readonly [first: string, second: string];
  readonly values: readonly [first: number, second: number];
  /** Second minus first, mean over users. */
  readonly difference: number;
  readonly level: number;
  /** Two-sided, by the sign-flip test. */
  readonly p: number;
  /** Mean difference by its standard deviation over users. */
  readonly cohensD: number;
  /** Whose ranks are larger: 1 all in favour of the second. 0 where nobody differs. */
  readonly rankBiserial: number;
  readonly users: number;
  /** Users for whom the second is better, and worse; for the others both are alike. */
  readonly better: number;
  readonly worse: number;
  /** That of the first model; the second's differs at most in its loss and seed. */
  readonly protocol: Protocol;
  readonly losses: readonly [first: string | null, second: string | null];
  readonly seeds: readonly [first: number | null, second: number | null];
  /** How interval and p came about. */
  readonly method: string;
}

/**
 * Compare two models that were asked the same questions, user by user.
 *
 * A user with several events counts once, with the mean of them: events of one person are not independent. The interval is that of the
 * paired bootstrap, p that of the sign-flip test. Both speak of other users, not of other seeds of a training. For many models or many
 * metrics correct p by `adjustPs`.
 *
 * @throws RangeError when protocols differ in more than loss and seed, the two have other users or other targets, ranks are none, or
 *   there are fewer than 2 users
 * @source Smucker, Allan & Carterette, "A Comparison of Statistical Significance Tests for Information Retrieval Evaluation", CIKM 2007;
 *   Sakai, "Statistical Reform in Information Retrieval?", SIGIR Forum 48(1), 2014 (difference, interval, p and effect size together).
 */
export function compareRanks(
  first: RankedModel,
  second: RankedModel,
  { rng, metric, k, resamples = 10_000, level = 0.95 }: CompareOptions,
): ModelDifference {
  const differing = protocolDifferences(first.protocol, second.protocol);
  if (differing.length > 0) {
    throw new RangeError(
      `compareRanks: ${first.name} and ${second.name} were not measured alike (${differing.join('; ')}); evaluate both under one protocol`,
    );
  }
  expectSame('users', first, second);
  expectSame('targets', first, second);
  const name = metric === 'MRR' ? metric : `${metric}@${k}`;
  const gain = gainOf(metric, k);
  const [ofFirst, ofSecond] = [first, second].map((model) => {
    expectRanks(`compareRanks: ${model.name}`, model.ranks);
    return meanByUser(model, gain);
  }) as [Float64Array, Float64Array];
  const differences = ofFirst.map((value, user) => ofSecond[user]! - value);
  const moved = differences.some((value) => value !== 0);
  const interval = pairedBootstrap(differences, { rng: rng.child('bootstrap'), resamples, level });
  const test = signFlipTest(differences, { rng: rng.child('signs'), resamples });
  const mean = (values: Float64Array): number =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  const count = (sign: number): number => differences.filter((value) => Math.sign(value) === sign).length;
  return {
    metric: name,
    names: [first.name, second.name],
    values: [mean(ofFirst), mean(ofSecond)],
    difference: interval.mean,
    low: interval.low,
    high: interval.high,
    level,
    p: test.p,
    cohensD: pairedCohensD(differences),
    rankBiserial: moved ? wilcoxon(differences, { method: 'normal' }).rankBiserial : 0,
    users: differences.length,
    better: count(1),
    worse: count(-1),
    protocol: first.protocol,
    losses: [first.protocol.loss, second.protocol.loss],
    seeds: [first.protocol.seed, second.protocol.seed],
    method:
      `paired over users; interval: bootstrap (BCa, ${resamples} resamples); p: sign flips ` +
      (test.exact ? '(all)' : `(${resamples} drawn)`),
  };
}

function gainOf(metric: CompareOptions['metric'], k: number | undefined): (rank: number) => number {
  if (metric === 'MRR') {
    if (k !== undefined) throw new RangeError('compareRanks: MRR has no k; leave it out');
    return (rank) => 1 / rank;
  }
  expectCutoff(`compareRanks: ${metric}`, k ?? NaN);
  if (metric === 'HR') return (rank) => (rank <= k! ? 1 : 0);
  return (rank) => discountedGain(rank, k!);
}

function expectSame(what: 'users' | 'targets', first: RankedModel, second: RankedModel): void {
  if (first.ranks.length !== second.ranks.length) {
    throw new RangeError(
      `compareRanks: ${first.name} has ${first.ranks.length} ranks, ${second.name} ${second.ranks.length}`,
    );
  }
  const [a, b] = [first[what], second[what]];
  if ((a === undefined) !== (b === undefined)) {
    throw new RangeError(`compareRanks: only one of ${first.name} and ${second.name} says its ${what}`);
  }
  if (a === undefined || b === undefined) return;
  if (a.length !== first.ranks.length || b.length !== first.ranks.length) {
    throw new RangeError(`compareRanks: not as many ${what} as ranks`);
  }
  for (let event = 0; event < a.length; event++) {
    if (a[event] !== b[event]) {
      throw new RangeError(
        `compareRanks: rank ${event} is of ${what} ${a[event]} for ${first.name} and ${b[event]} for ${second.name}`,
      );
    }
  }
}

/** The mean gain of each user, in the order in which users first come. */
function meanByUser({ ranks, users }: RankedModel, gain: (rank: number) => number): Float64Array {
  const gains = Float64Array.from(ranks, gain);
  if (users === undefined) return gains;
  const sums = new Map<number, { sum: number; count: number }>();
  for (const [event, value] of gains.entries()) {
    const own = sums.get(users[event]!) ?? { sum: 0, count: 0 };
    own.sum += value;
    own.count += 1;
    sums.set(users[event]!, own);
  }
  return Float64Array.from([...sums.values()].map(({ sum, count }) => sum / count));
}
