import type { EvaluationReport } from '../evaluation-report';
import { fromTo, type ReportSection } from './section';

/** What the lists are made of. */
export function listsSection({ models, k }: EvaluationReport): ReportSection {
  return {
    title: 'What stands in the lists',
    text:
      `The first ${k} items, right or wrong. Coverage: share of the catalogue that somebody is shown. Gini index: 0 where all items are shown ` +
      'alike, towards 1 where a few alone are. Novelty: bits, more where items are rarely used. Long tail: share of places with items outside of ' +
      'those that hold 80 % of all use. Diversity: how unlike the items of a list are by their categories. Serendipity: right, and unlike what ' +
      'the user had before. An empty cell: not known.',
    tables: [
      models.map(({ name, lists: { longTail, ...own } }) => ({ model: name, ...own, 'long tail': longTail })),
    ],
  };
}

/** How much lists change from one question to the next. */
export function stabilitySection({ models }: EvaluationReport): ReportSection {
  const known = models.flatMap(({ name, stability: own }) => (own === null ? [] : [{ name, own }]));
  return {
    title: 'How much the lists change',
    text:
      'The list for the test beside that of the same user one question earlier, when the user had done less. Common items: shared by both, of all in ' +
      'either. Overlap: the same with more weight on the top (rank-biased, p = .9). 1: the same list. Neither is good in itself: a list that ' +
      'never changes does not listen, one that always changes cannot be relied on.',
    tables: [
      known.map(({ name, own: { jaccard, overlap } }) => ({
        model: name,
        'common items': jaccard.mean,
        '95 %': fromTo(jaccard.low, jaccard.high),
        overlap: overlap.mean,
        'overlap, 95 %': fromTo(overlap.low, overlap.high),
      })),
    ],
  };
}
