import { createRng } from '../base/random';
import { kendallTauB } from '../evaluation/kendall-tau';
import type { MetricRow, Protocol } from '../evaluation/protocol';
import { rankingMetrics } from '../evaluation/ranking-metrics';
import { ranksUnder, type TieRule } from '../nn/rank';
import { rowsOf } from '../preprocessing/splits/split';
import type { SplitSequences } from '../preprocessing/splits/split-sequences';
import { countItemsAt } from '../recommendation/popularity';
import { rankWithScorer } from '../recommendation/rank-with-scorer';
import { sampleCandidates, type SampledCandidates } from '../recommendation/sample-candidates';
import type { Scorer } from '../recommendation/scorer';
import { rankingProtocol, type ProtocolSettings } from './evaluate-ranking';
import { heldOut } from './held-out';

/** A model to be measured, and what its figures must say of it. */
export interface ComparedModel {
  readonly scorer: Scorer;
  /** What it was trained on; null where nothing was. */
  readonly loss: string | null;
  readonly seed: number | null;
}

/** Which protocols stand side by side. */
export interface ProtocolGrid extends Pick<ProtocolSettings, 'which' | 'cut' | 'events'> {
  /** Items in each sample, drawn uniformly and by popularity; default 100. */
  readonly negatives?: number;
  /** Of the samples. */
  readonly sampleSeed: number;
  /** Default `index` alone. */
  readonly ties?: readonly TieRule[];
  /** Default 5, 10, 20. */
  readonly ks?: readonly number[];
}

/** All models under one protocol: rows of one table that needs no mark. */
export interface ProtocolColumn {
  /** 'uniform-100 by seed 1, ties: index'. */
  readonly name: string;
  readonly protocol: Protocol;
  readonly rows: readonly MetricRow[];
}

/** Models by protocols, and how far protocols agree on which model is better. */
export interface ProtocolComparison {
  /** Candidates by tie rules: full ranking first, under each rule; then uniform, then by popularity. */
  readonly columns: readonly ProtocolColumn[];
  /** Share of events of which the target ties, one a model, in the full ranking. */
  readonly tiedShares: readonly number[];
}

/**
 * Measure models under several protocols at once: all items and two kinds of samples, under several tie rules.
 *
 * The scores of each model are computed once. All models are asked the same samples, which hold neither the target nor a seen item; counts
 * for popularity come from the training part alone.
 *
 * @throws InputError when the part has no event
 * @throws RangeError when two models have one name, or a user has too few unseen items for a sample
 * @source Krichene & Rendle, "On Sampled Metrics for Item Recommendation", KDD 2020; Petrov & Macdonald, "A Systematic Review and
 *   Replicability Study of BERT4Rec for Sequential Recommendation", RecSys 2022 (one model under three protocols).
 */
export function compareProtocols(
  models: readonly ComparedModel[],
  split: SplitSequences,
  source: Pick<Protocol['data'], 'name' | 'sha256'>,
  {
    which,
    cut,
    events = 'last',
    negatives = 100,
    sampleSeed,
    ties = ['index'],
    ks = [5, 10, 20],
  }: ProtocolGrid,
): ProtocolComparison {
  const names = models.map(({ scorer }) => scorer.name);
  if (new Set(names).size < names.length) {
    throw new RangeError(`compareProtocols: two models have one name (${names.join(', ')})`);
  }
  const question = heldOut(split, { which, events });
  const numItems = split.sequences.vocabulary.itemIds.length;
  const counts = countItemsAt(split.sequences, rowsOf(split, 'training'));
  const sample = (
    kind: string,
    by: 'uniform' | { readonly counts: ArrayLike<number> },
  ): SampledCandidates => ({
    name: `${kind}-${negatives} by seed ${sampleSeed}`,
    items: sampleCandidates(question, numItems, { count: negatives, by }, createRng(sampleSeed).child(kind)),
  });
  const sampled = [sample('uniform', 'uniform'), sample('popularity', { counts })];
  const ranked = models.map(({ scorer }) => {
    const {
      standing,
      sampled: among,
      tiedShare,
    } = rankWithScorer(scorer, question, {
      seenItems: 'excluded',
      sampled,
    });
    return { standings: [standing, ...among.map((one) => one.standing)], tiedShare };
  });
  const columns = ['full', ...sampled.map(({ name }) => name)].flatMap((candidates, place) =>
    ties.map((rule): ProtocolColumn => {
      const protocolOf = (loss: string | null, seed: number | null): Protocol => ({
        ...rankingProtocol(split, source, { which, events, cut, loss, seed }),
        candidates,
        ties: rule,
      });
      return {
        name: `${candidates}, ties: ${rule}`,
        protocol: protocolOf(null, null),
        rows: models.map(({ scorer, loss, seed }, model) => ({
          name: scorer.name,
          metrics: rankingMetrics(
            ranksUnder(ranked[model]!.standings[place]!, rule),
            ks,
            protocolOf(loss, seed),
            question.users,
          ),
        })),
      };
    }),
  );
  return { columns, tiedShares: ranked.map(({ tiedShare }) => tiedShare) };
}

/** How far two protocols put the models in the same order. */
export interface OrderAgreement {
  readonly first: string;
  readonly second: string;
  /** Kendall's tau-b of the models' figures, -1 to 1; null where one of the two calls all models equal. */
  readonly tau: number | null;
}

/**
 * Compare the order of models under each pair of protocols.
 *
 * Differences between models that are chance reverse easily: with few models, or close ones, look at the figures too.
 *
 * @param metric 'NDCG@10'
 * @throws RangeError when a row lacks the metric, or there are fewer than 2 models
 * @source Kendall, "The Treatment of Ties in Ranking Problems", Biometrika 33(3), 1945.
 */
export function orderAgreements(columns: readonly ProtocolColumn[], metric: string): OrderAgreement[] {
  const figures = columns.map(({ name, rows }) => ({
    name,
    values: rows.map((row) => {
      const found = row.metrics.find((value) => value.metric === metric);
      if (found === undefined) throw new RangeError(`orderAgreements: '${row.name}' has no ${metric}`);
      return found.value;
    }),
  }));
  const short = figures.find(({ values }) => values.length < 2);
  if (short)
    throw new RangeError(`orderAgreements: ${short.values.length} model is no order; 2 or more are needed`);
  const isFlat = (values: readonly number[]): boolean => values.every((value) => value === values[0]);
  return figures.flatMap((first, place) =>
    figures.slice(place + 1).map((second) => ({
      first: first.name,
      second: second.name,
      tau: isFlat(first.values) || isFlat(second.values) ? null : kendallTauB(first.values, second.values),
    })),
  );
}
