import { metricTable } from '../../../evaluation/protocol';
import { glanceMeasures, glanceRadar } from '../at-a-glance';
import type { EvaluationReport } from '../evaluation-report';
import { fromTo, usersOf, type ReportSection } from './section';

/** The measures that fit into one picture. */
export function glanceSection(report: EvaluationReport): ReportSection {
  const chart = glanceRadar(report);
  const columns = ['measure', ...report.models.map(({ name }) => name)];
  return {
    title: 'At a glance',
    text:
      'Larger is better on each line, as far as it goes: a model that knows nothing covers much and is novel, so read these beside the ' +
      'accuracy. In the radar every ray has a scale of its own, from 0 in the centre to the best of these models at the rim; neither the ' +
      'area nor the shape means anything, since another order of the rays would give another. What is not known of all ' +
      'models is left out. Intervals stand below.',
    tables: [
      {
        columns,
        rows: glanceMeasures(report).map(({ name, values, print }) => [name, ...values.map(print)]),
      },
    ],
    ...(chart && { chart }),
  };
}

/** How often a model is right, with intervals. */
export function accuracySection(report: EvaluationReport): ReportSection {
  const { models, k, subject } = report;
  const main = [`HR@${k}`, `NDCG@${k}`, 'MRR'];
  const rowsWith = (keep: (metric: string) => boolean) =>
    models.map(({ name, metrics }) => ({ name, metrics: metrics.filter(({ metric }) => keep(metric)) }));
  const shown = metricTable(
    rowsWith((metric) => main.includes(metric)),
    { intervals: true },
  );
  const others = metricTable(rowsWith((metric) => !main.includes(metric)));
  const gain = models.map(({ metrics }) => metrics.find(({ metric }) => metric === `NDCG@${k}`)!);
  return {
    title: 'How often right',
    text:
      `In brackets: where the number would lie for other users of the same kind, in 95 of 100 cases. Two models were asked the same ` +
      `users, so intervals that overlap say nothing about which is better; the next section does. ${subject} was trained on: ` +
      `${models.at(-1)!.loss ?? 'nothing'}.${shown.notes.map((note) => ` ${note}.`).join('')}`,
    tables: [shown, others],
    chart: {
      kind: 'bar',
      title: `NDCG@${k}`,
      note: `${usersOf(report)} users. Whiskers: 95 % over users.`,
      x: { title: 'model' },
      y: { title: `NDCG@${k}` },
      horizontal: true,
      names: models.map(({ name }) => name),
      series: [
        {
          name: `NDCG@${k}`,
          y: gain.map(({ value }) => value),
          spread: gain.map(({ value, interval: of }) => (of ? of.high - value : 0)),
        },
      ],
    },
  };
}

/** The subject against each other model. */
export function differencesSection({ differences: all, subject, k }: EvaluationReport): ReportSection {
  return {
    title: 'Better than the others?',
    text:
      all.length === 0
        ? 'There is no other model in this report.'
        : `NDCG@${k} of ${subject} minus that of each other model, user by user: above 0, ${subject} is better. How: ${all[0]!.method}. ` +
          `The p is corrected for ${all.length} comparison${all.length === 1 ? '' : 's'} (Holm).`,
    tables: [
      all.map(({ names, difference, low, high, p, cohensD, better, worse, users }) => ({
        'compared with': names[0],
        difference,
        '95 %': fromTo(low, high),
        p,
        "Cohen's d": cohensD,
        'better for users': better,
        'worse for': worse,
        'alike for': users - better - worse,
      })),
    ],
  };
}
