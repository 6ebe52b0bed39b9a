import type { RadarChart } from '../../figures/chart';
import type { EvaluationReport, ModelReport } from './evaluation-report';

/** What a glance shows. */
export interface GlanceOptions {
  /** Also how fast models answer, which is another number in every run; default true. */
  readonly withTimes?: boolean;
}

/** One measure of all models, larger being better. */
export interface GlanceMeasure {
  readonly name: string;
  /** One a model, in the order of the report, from 0. */
  readonly values: readonly number[];
  readonly print: (value: number) => string;
}

const share = (value: number): string => `${(100 * value).toFixed(1)} %`;
const digits =
  (count: number) =>
  (value: number): string =>
    value.toFixed(count);
const thousands = (value: number): string => String(Math.round(value)).replaceAll(/\B(?=(\d{3})+$)/g, ',');

/**
 * The few measures of a report that stand in its radar, one or two of each side: larger is better, 0 the least.
 *
 * Left out is what is not known of every model, or 0 for all of them.
 *
 * @source Herlocker, Konstan, Terveen & Riedl, "Evaluating Collaborative Filtering Recommender Systems", ACM TOIS 22(1), 2004, section 5
 *   (beyond accuracy: coverage, novelty).
 */
export function glanceMeasures(
  { models, k }: EvaluationReport,
  { withTimes = true }: GlanceOptions = {},
): GlanceMeasure[] {
  const metric = (name: string) => (model: ModelReport) =>
    model.metrics.find((value) => value.metric === name)?.value ?? null;
  const measures: [string, (model: ModelReport) => number | null, GlanceMeasure['print']][] = [
    [`NDCG@${k}`, metric(`NDCG@${k}`), digits(4)],
    [`HR@${k}`, metric(`HR@${k}`), digits(4)],
    [`NDCG@${k}, least-served group`, ({ leastServed }) => leastServed?.mean ?? null, digits(4)],
    ['coverage', ({ lists }) => lists.coverage, share],
    ['even exposure (1 - Gini)', ({ lists }) => 1 - lists.gini, digits(3)],
    ['novelty (bits)', ({ lists }) => lists.novelty, digits(1)],
    ['diversity', ({ lists }) => lists.diversity, digits(3)],
    ['serendipity', ({ lists }) => lists.serendipity, digits(4)],
    ['stability of lists', ({ stability }) => stability?.jaccard.mean ?? null, digits(3)],
    ['users a second', ({ times }) => (withTimes ? times.usersPerSecond : null), thousands],
  ];
  return measures.flatMap(([name, of, print]) => {
    const found = models.map(of);
    const values = found.filter((value) => value !== null);
    return values.length < models.length || Math.max(...values) <= 0 ? [] : [{ name, values, print }];
  });
}

/**
 * The radar of a report: on each ray 0 is in the centre, and the best of the models at the rim.
 *
 * @returns null where fewer than three measures are known
 * @source Chambers, Cleveland, Kleiner & Tukey, "Graphical Methods for Data Analysis", 1983, section 5.3.
 */
export function glanceRadar(report: EvaluationReport, options: GlanceOptions = {}): RadarChart | null {
  const measures = glanceMeasures(report, options);
  if (measures.length < 3) return null;
  return {
    kind: 'radar',
    title: `${report.subject} and what it is compared with`,
    note: 'Outside is better on every ray. Centre: 0; rim: the best of these models. The area means nothing.',
    axes: measures.map(({ name, values, print }) => ({ name, print, centre: 0, rim: Math.max(...values) })),
    series: report.models.map(({ name }, model) => ({
      name,
      values: measures.map(({ values }) => values[model]!),
    })),
  };
}
