import type { Chart } from '../../../figures/chart';
import { roundTo } from '../../../figures/round';
import type { EvaluationReport, ModelReport } from '../evaluation-report';
import { fromTo, type ReportSection } from './section';

/** For whom the subject is right. */
export function groupsSection({
  groups: all,
  models,
  subject,
  movement,
  k,
}: EvaluationReport): ReportSection {
  const least = models.flatMap(({ name, leastServed }: ModelReport) =>
    leastServed
      ? [
          {
            model: name,
            'least served': `${leastServed.by}: ${leastServed.group}`,
            users: leastServed.users,
            [`NDCG@${k}`]: leastServed.mean,
            'others have more': leastServed.othersMore,
          },
        ]
      : [],
  );
  return {
    title: 'Who is served',
    text:
      `NDCG@${k} of ${subject} for groups of users of at least 20, against all others; p by Welch's test, corrected for all rows (Holm). A difference ` +
      'is no proof of unfairness: groups differ in how much is known of them. No difference shown is no proof of fairness: see the intervals. Below: ' +
      'the group that each model serves least; the lowest of several is low by chance, too.' +
      (movement
        ? ` Interests moved by ${roundTo(movement.mean, 3)} on average (${fromTo(movement.low, movement.high, 3)}; Jensen-Shannon divergence of ` +
          'categories between the halves of a history, 0 to 1).'
        : ''),
    tables: [
      all.map(({ by, group, users, mean, low, high, othersMore, p }) => ({
        by,
        group,
        users,
        [`NDCG@${k}`]: mean,
        // Where all of a group have the same, nothing is known of others like them.
        '95 %': low === high ? 'not known' : fromTo(Math.max(0, low), high),
        'others have more': othersMore,
        p,
      })),
      least,
    ],
    ...(all.length > 0 && {
      chart: {
        kind: 'bar',
        title: `${subject}: NDCG@${k} for groups of users`,
        note: 'Whiskers: 95 % over the users of the group.',
        x: { title: 'group' },
        y: { title: `NDCG@${k}` },
        horizontal: true,
        names: all.map(({ by, group }) => `${by} · ${group}`),
        series: [
          {
            name: `NDCG@${k}`,
            y: all.map(({ mean }) => mean),
            spread: all.map(({ mean, high }) => high - mean),
          },
        ],
      } satisfies Chart,
    }),
  };
}
