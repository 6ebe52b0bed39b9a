import type { Rng } from '../../base/random';
import { compareRanks, type ModelDifference } from '../../evaluation/difference/compare-ranks';
import { adjustPs } from '../../evaluation/many-tests';
import { meanInterval } from '../../evaluation/mean-interval';
import { discountedGain } from '../../evaluation/ndcg';
import type { MetricValue, Protocol } from '../../evaluation/protocol';
import { rankingMetrics } from '../../evaluation/ranking-metrics';
import type { SplitSequences } from '../../preprocessing/splits/split-sequences';
import { countItems } from '../../recommendation/popularity';
import { rankWithScorer } from '../../recommendation/rank-with-scorer';
import type { Scorer } from '../../recommendation/scorer';
import { rankingProtocol } from '../evaluate-ranking';
import { heldOut } from '../held-out';
import type { Surroundings } from '../run-record';
import type { Estimate } from './estimate';
import { groupAccuracy, quarters, type GroupAccuracy } from './group-accuracy';
import { interestMovements } from './interest-movement';
import { listQuality, similarityByCategories, type ListQuality } from './list-quality';
import { earlierQuestion, listStability, type ListStability } from './list-stability';
import { peakMemoryMB, responseTimes, type ResponseTimes } from './response-times';

/** A model in a report. */
export interface ReportedModel {
  readonly scorer: Scorer;
  /** What it was trained on; null where nothing was. */
  readonly loss: string | null;
  readonly seed: number | null;
  /** Numbers that were learned; absent where it is not a matter of these. */
  readonly parameters?: number;
  /** What its training took, where that was recorded. */
  readonly training?: TrainingCost;
}

/** What a training took. */
export interface TrainingCost {
  /** From the start of the run to its end, evaluations included. */
  readonly seconds: number;
  readonly epochs: number;
  /** The epoch that was kept. */
  readonly bestEpoch: number;
}

/** What a report is about. */
export interface ReportOptions {
  /** Baselines first; the last one is the subject of the report, the others stand beside it. Names differ. */
  readonly models: readonly ReportedModel[];
  readonly source: Pick<Protocol['data'], 'name' | 'sha256'>;
  /** What was removed before the split. */
  readonly cut: string;
  readonly rng: Rng;
  /** Length of list; default 10. */
  readonly k?: number;
  /** What users can be grouped by, by name: of a row of the sequences, its group, or null. Default: only what their events say. */
  readonly groups?: Readonly<Record<string, (user: number) => string | null>>;
  /** Categories of an item by its index, for diversity, serendipity and the movement of interests. */
  readonly categoriesOf?: (item: number) => readonly string[];
  /** Machine and versions that the times are of. */
  readonly surroundings?: Surroundings;
  /** What a reader should know of the data and the models, in sentences. */
  readonly remarks?: readonly string[];
}

/** Everything that a report says of one model. */
export interface ModelReport {
  readonly name: string;
  readonly loss: string | null;
  readonly metrics: readonly MetricValue[];
  readonly lists: ListQuality;
  /** The group of users with the lowest NDCG@k; null where there are no groups. */
  readonly leastServed: GroupAccuracy | null;
  /** null where users have no validation event. */
  readonly stability: ListStability | null;
  readonly times: ResponseTimes;
  readonly parameters: number | null;
  readonly training: TrainingCost | null;
}

/** One evaluation from all sides, as data; `reportPage` makes it a page. */
export interface EvaluationReport {
  readonly subject: string;
  readonly k: number;
  readonly protocol: Protocol;
  readonly models: readonly ModelReport[];
  /** The subject against each other model, NDCG@k; p corrected for their number (Holm). */
  readonly differences: readonly ModelDifference[];
  /** The subject's NDCG@k for groups of users. */
  readonly groups: readonly GroupAccuracy[];
  /** How far the interests of users moved between the halves of their histories; null without categories. */
  readonly movement: Estimate | null;
  /** Users whose test item the user had used before, and of the subject, whose target ties with another item. */
  readonly repeatShare: number;
  readonly tiedShare: number;
  /** Of the report itself, all models and what ran in the process before. */
  readonly cost: {
    readonly seconds: number;
    /** The most memory that the process has held so far, in MB. */
    readonly peakMB: number;
  };
  readonly surroundings: Surroundings | null;
  readonly remarks: readonly string[];
  /** What could not be said, and why. */
  readonly notes: readonly string[];
}

/**
 * Evaluate a model beside its baselines from all sides in one call: accuracy, what stands in the lists, how much they change, who is
 * served, and at what cost.
 *
 * One question for each user with a test event: the last one, from all that came before, among all items not seen. Each model's scores are
 * computed twice: for the test, and for the validation, with which its lists are compared.
 *
 * @throws InputError when the split has no test events
 * @throws RangeError when there are no models, two have one name, or groups have a name that the report gives itself
 * @source Zangerle & Bauer, "Evaluating Recommender Systems: Survey and Framework", ACM Computing Surveys 55(8), 2022 (what belongs to an
 *   evaluation).
 */
export function evaluationReport(split: SplitSequences, options: ReportOptions): EvaluationReport {
  const { models, source, cut, rng, k = 10, groups = {}, categoriesOf } = options;
  const startMs = performance.now();
  const names = models.map(({ scorer }) => scorer.name);
  if (models.length === 0 || new Set(names).size < names.length) {
    throw new RangeError(`evaluationReport: models need different names, got ${names.join(', ') || 'none'}`);
  }
  const question = heldOut(split, { which: 'test', events: 'last' });
  const before = earlierQuestion(split, question);
  const numItems = split.sequences.vocabulary.itemIds.length;
  const counts = countItems(split);
  const similarity = categoriesOf ? similarityByCategories(categoriesOf, numItems) : null;
  const protocolOf = ({ loss, seed }: ReportedModel): Protocol =>
    rankingProtocol(split, source, { which: 'test', cut, loss, seed });

  const moved = categoriesOf ? interestMovements(question.histories, categoriesOf) : null;
  const known = Array.from(moved ?? []).filter((value) => !Number.isNaN(value));
  const byEvents = {
    'events so far': quarters(question.histories.map(({ length }) => length)),
    ...(moved && { 'interests moved': quarters(moved, 2) }),
  };
  const taken = Object.keys(groups).find((by) => by in byEvents);
  if (taken !== undefined)
    throw new RangeError(`evaluationReport: groups by '${taken}' are made from events; name yours otherwise`);
  const kinds = {
    ...Object.fromEntries(
      Object.entries(groups).map(([by, groupOf]) => [
        by,
        Array.from(question.users, (user) => groupOf(user)),
      ]),
    ),
    ...byEvents,
  };

  const measured = models.map((model) => {
    const { scorer, loss, parameters = null, training = null } = model;
    const rankOptions = { seenItems: 'excluded', listLength: k } as const;
    const { ranks, lists, tiedShare, repeatShare } = rankWithScorer(scorer, question, rankOptions);
    const gains = Float64Array.from(ranks, (rank) => discountedGain(rank, k));
    const byGroup = groupAccuracy(gains, kinds);
    const report: ModelReport = {
      name: scorer.name,
      loss,
      metrics: rankingMetrics(
        ranks,
        [...new Set([5, k, 20])].sort((a, b) => a - b),
        protocolOf(model),
      ),
      lists: listQuality(lists, k, { ...question, counts, similarity }),
      stability:
        before &&
        listStability(rankWithScorer(scorer, before.question, rankOptions).lists, lists, before.places),
      leastServed: byGroup.reduce<GroupAccuracy | null>(
        (least, own) => (least === null || own.mean < least.mean ? own : least),
        null,
      ),
      times: responseTimes(scorer, question, rng.child('times', scorer.name)),
      parameters,
      training,
    };
    return { model, ranks, byGroup, report, tiedShare, repeatShare };
  });

  const subject = measured.at(-1)!;
  const differences = measured.slice(0, -1).map((other) =>
    compareRanks(ranked(other), ranked(subject), {
      rng: rng.child('difference', other.report.name),
      metric: 'NDCG',
      k,
    }),
  );
  const ps = adjustPs(
    differences.map(({ p }) => p),
    'holm',
  );
  return {
    subject: subject.report.name,
    k,
    protocol: protocolOf(subject.model),
    models: measured.map(({ report }) => report),
    differences: differences.map((difference, place) => ({ ...difference, p: ps[place]! })),
    groups: subject.byGroup,
    movement: known.length < 2 ? null : meanInterval(known),
    repeatShare: subject.repeatShare,
    tiedShare: subject.tiedShare,
    cost: { seconds: (performance.now() - startMs) / 1000, peakMB: peakMemoryMB() },
    surroundings: options.surroundings ?? null,
    remarks: options.remarks ?? [],
    notes: notesOf({
      hasBefore: before !== null,
      hasCategories: moved !== null,
      hasGroups: Object.keys(groups).length > 0,
    }),
  };

  function ranked({ model, ranks }: (typeof measured)[number]) {
    const { users, targets } = question;
    return { name: model.scorer.name, ranks, users, targets, protocol: protocolOf(model) };
  }
}

function notesOf(has: {
  readonly hasBefore: boolean;
  readonly hasCategories: boolean;
  readonly hasGroups: boolean;
}): string[] {
  return [
    ...(has.hasBefore
      ? []
      : ['No user has a validation event beside the test event: how much lists change is not known.']),
    ...(has.hasCategories
      ? [
          'How far interests moved is larger for short histories by chance alone; groups by it differ in length, too.',
        ]
      : ['Nothing is known of items: no diversity, no serendipity, no movement of interests.']),
    ...(has.hasGroups ? [] : ['Nothing is known of users but what they did: groups are by that alone.']),
    'Intervals and tests speak of other users, not of other seeds of a training.',
    'Times are of one run on this machine, with whatever ran beside it.',
  ];
}
