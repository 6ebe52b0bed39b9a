import { metricTable } from '../../evaluation/protocol';
import type { Chart } from '../../figures/chart';
import { roundTo } from '../../figures/round';
import type { Table } from '../../figures/table';
import { glanceMeasures, glanceRadar } from './at-a-glance';
import type { EvaluationReport, ModelReport } from './evaluation-report';

/** A part of a report's page: what it is about, its tables, its figure. */
export interface ReportSection {
  readonly title: string;
  readonly text: string;
  readonly tables: readonly (Table | readonly object[])[];
  readonly chart?: Chart;
}

const percent = (share: number): string => `${roundTo(100 * share, 2)} %`;
const interval = (low: number, high: number, digits = 4): string =>
  `${low.toFixed(digits)} to ${high.toFixed(digits)}`;

/**
 * What stands on the page of a report, part by part.
 *
 * @source Mitchell et al., "Model Cards for Model Reporting", FAT* 2019 (conditions, groups and limits beside the numbers).
 */
export function reportSections(report: EvaluationReport): ReportSection[] {
  return [
    conditions(report),
    glance(report),
    accuracy(report),
    differences(report),
    lists(report),
    stability(report),
    groups(report),
    costs(report),
    { title: 'What this does not say', text: report.notes.join(' '), tables: [] },
  ];
}

const usersOf = ({ models }: EvaluationReport): number => models[0]!.metrics[0]!.users;

function conditions({ protocol, surroundings, remarks, ...report }: EvaluationReport): ReportSection {
  const { data, cut, split, candidates, seenItems, ties, seed } = protocol;
  const users = usersOf({ protocol, surroundings, remarks, ...report });
  const rows: [string, string][] = [
    ['data', `${data.name}, sha256 ${data.sha256.slice(0, 12)}`],
    ['', `${data.users} users, ${data.items} items, ${data.events} events`],
    ['removed before the split', cut],
    ['split', split],
    ['question', `${users} users: which item comes last, given everything before it?`],
    [
      'candidates',
      `${candidates === 'full' ? 'all items (full ranking)' : candidates}; items that the user had used are ${seenItems}, the right one never`,
    ],
    ['ties', `by ${ties}; ${percent(report.tiedShare)} of the subject's targets tie with another item`],
    ['repeats', `${percent(report.repeatShare)} of the targets had been used before by the same user`],
    ['seed of the subject', seed === null ? '-' : String(seed)],
  ];
  if (surroundings) {
    const { processor, device, backend, tensorflow, threads, node, behaviorLab, platform } = surroundings;
    rows.push([
      'machine',
      `${processor}, ${platform}; ${device}, ${threads === null ? 'all cores' : `${threads} threads`}`,
    ]);
    rows.push(['versions', `behavior-lab ${behaviorLab}, Node ${node}, ${backend} ${tensorflow ?? ''}`]);
  }
  return {
    title: 'Conditions',
    text: ['Every number below holds under these conditions alone.', ...remarks].join(' '),
    tables: [{ columns: ['', 'here'], rows }],
  };
}

function glance(report: EvaluationReport): ReportSection {
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

function accuracy(report: EvaluationReport): ReportSection {
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

function differences({ differences: all, subject, k }: EvaluationReport): ReportSection {
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
        '95 %': interval(low, high),
        p,
        "Cohen's d": cohensD,
        'better for users': better,
        'worse for': worse,
        'alike for': users - better - worse,
      })),
    ],
  };
}

function lists({ models, k }: EvaluationReport): ReportSection {
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

function stability({ models }: EvaluationReport): ReportSection {
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
        '95 %': interval(jaccard.low, jaccard.high),
        overlap: overlap.mean,
        'overlap, 95 %': interval(overlap.low, overlap.high),
      })),
    ],
  };
}

function groups({ groups: all, models, subject, movement, k }: EvaluationReport): ReportSection {
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
        ? ` Interests moved by ${roundTo(movement.mean, 3)} on average (${interval(movement.low, movement.high, 3)}; Jensen-Shannon divergence of ` +
          'categories between the halves of a history, 0 to 1).'
        : ''),
    tables: [
      all.map(({ by, group, users, mean, low, high, othersMore, p }) => ({
        by,
        group,
        users,
        [`NDCG@${k}`]: mean,
        // Where all of a group have the same, nothing is known of others like them.
        '95 %': low === high ? 'not known' : interval(Math.max(0, low), high),
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

function costs({ models, cost }: EvaluationReport): ReportSection {
  return {
    title: 'What it costs',
    text:
      'p50 and p99: milliseconds until the scores of one user are there, for half and for 99 of 100 users. Users a second: 256 asked at once. Process: ' +
      'resident memory after the model was measured, with everything that the process holds. Parameters: numbers that training sets, 4 bytes each. ' +
      `The whole report took ${roundTo(cost.seconds, 3)} s, and the process held ${Math.round(cost.peakMB)} MB at most.`,
    tables: [
      models.map(({ name, times, parameters, training }) => ({
        model: name,
        parameters,
        'training (s)': training && Math.round(training.seconds),
        epochs: training && training.epochs,
        'best epoch': training && training.bestEpoch,
        'p50 (ms)': roundTo(times.p50Ms, 3),
        'p99 (ms)': roundTo(times.p99Ms, 3),
        'users a second': Math.round(times.usersPerSecond),
        'process (MB)': Math.round(times.residentMB),
      })),
    ],
  };
}
