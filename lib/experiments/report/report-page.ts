import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { replaceFile } from '../../base/replace-file';
import type { Chart } from '../../figures/chart';
import { toSvg } from '../../figures/save-chart';
import { tableToHtml, tableToMarkdown } from '../../figures/table';
import { roundTo } from '../../figures/round';
import type { EvaluationReport, ModelReport } from './evaluation-report';

/** A report as three files, none of which needs another one or a network. */
export interface ReportPage {
  readonly html: string;
  readonly markdown: string;
  /** The report itself. */
  readonly json: string;
}

interface Section {
  readonly title: string;
  readonly text: string;
  readonly rows: readonly object[];
  readonly chart?: Chart;
}

/**
 * Write a report as a page: HTML with its pictures within, Markdown with the same tables, and JSON with all numbers.
 *
 * The page opens without a network and without a program. The same report gives the same text.
 *
 * @source Mitchell et al., "Model Cards for Model Reporting", FAT* 2019 (conditions, groups and limits beside the numbers).
 */
export async function reportPage(report: EvaluationReport): Promise<ReportPage> {
  const title = `${report.subject}: an evaluation`;
  const sections = sectionsOf(report);
  const drawings = await Promise.all(sections.map(async ({ chart }) => (chart ? toSvg(chart) : '')));
  const html = sections.map(
    ({ title: name, text, rows }, place) =>
      `<h2>${escape(name)}</h2>\n<p>${escape(text)}</p>\n${rows.length > 0 ? tableToHtml(rows) : ''}\n${drawings[place]!}`,
  );
  const markdown = sections.map(
    ({ title: name, text, rows }) =>
      `## ${name}\n\n${text}\n${rows.length > 0 ? `\n${tableToMarkdown(rows)}\n` : ''}`,
  );
  return {
    html: `<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>${escape(title)}</title>\n<style>${style}</style>\n</head>\n<body>\n<h1>${escape(title)}</h1>\n${html.join('\n')}\n</body>\n</html>\n`,
    markdown: `# ${title}\n\n${markdown.join('\n')}`,
    json: `${JSON.stringify(report, null, 2)}\n`,
  };
}

/**
 * Write the page of a report into a folder: index.html, report.md and report.json.
 *
 * @returns the path of index.html
 * @throws InputError when the folder cannot be written
 */
export async function saveReport(report: EvaluationReport, folder: string): Promise<string> {
  const { html, markdown, json } = await reportPage(report);
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of [
    ['report.json', json],
    ['report.md', markdown],
    ['index.html', html],
  ] as const)
    replaceFile(join(folder, name), [Buffer.from(text)]);
  return join(folder, 'index.html');
}

const style =
  'body{font-family:DejaVu Sans,Verdana,Helvetica,Arial,sans-serif;max-width:60em;margin:2em auto;padding:0 1em;color:#222;line-height:1.45}' +
  'table{border-collapse:collapse;margin:1em 0;font-size:90%}th,td{padding:.25em .7em;border-bottom:1px solid #ddd}svg{max-width:100%;height:auto}';

const escape = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

function sectionsOf(report: EvaluationReport): Section[] {
  const { models, differences, groups, k, protocol } = report;
  const at = (model: ModelReport, metric: string): number | null =>
    model.metrics.find((value) => value.metric === metric)?.value ?? null;
  const cutoffs = [...new Set([5, k, 20])].sort((a, b) => a - b);
  return [
    {
      title: 'Conditions',
      text:
        `${protocol.data.name}: ${protocol.data.users} users, ${protocol.data.items} items, ${protocol.data.events} events ` +
        `(sha256 ${protocol.data.sha256.slice(0, 12)}). Removed before the split: ${protocol.cut}. Split: ${protocol.split}. Candidates: ` +
        `${protocol.candidates}, items already used ${protocol.seenItems}, ties by ${protocol.ties}. ${percent(report.repeatShare)} of the ` +
        `targets had been used before; ${percent(report.tiedShare)} of the subject's targets tie with another item.`,
      rows: [],
    },
    {
      title: 'How often right',
      text: `Baselines first. The interval is that of NDCG@${k} over users.`,
      rows: models.map((model) => ({
        model: model.name,
        ...Object.fromEntries(
          cutoffs.flatMap((own) => [
            [`HR@${own}`, at(model, `HR@${own}`)],
            [`NDCG@${own}`, at(model, `NDCG@${own}`)],
          ]),
        ),
        MRR: at(model, 'MRR'),
        [`NDCG@${k}, from`]: model.ndcg.low,
        to: model.ndcg.high,
        'trained on': model.loss ?? '-',
      })),
      chart: {
        kind: 'bar',
        title: `NDCG@${k}`,
        note: `${models[0]!.metrics[0]!.users} users. Whiskers: 95 % over users.`,
        x: { title: 'model' },
        y: { title: `NDCG@${k}` },
        horizontal: true,
        names: models.map(({ name }) => name),
        series: [
          {
            name: `NDCG@${k}`,
            y: models.map(({ ndcg }) => ndcg.mean),
            spread: models.map(({ ndcg }) => ndcg.high - ndcg.mean),
          },
        ],
      },
    },
    {
      title: 'Better than the others?',
      text:
        differences.length === 0
          ? 'There is no other model in this report.'
          : `${report.subject} minus each other model, user by user, in NDCG@${k}; ${differences[0]!.method}; p corrected for ${differences.length} comparisons.`,
      rows: differences.map(({ names, difference, low, high, p, cohensD, better, worse, users }) => ({
        'compared with': names[0],
        difference,
        from: low,
        to: high,
        p,
        "Cohen's d": cohensD,
        'users for whom it is better': better,
        worse,
        alike: users - better - worse,
      })),
    },
    {
      title: 'What stands in the lists',
      text:
        `The first ${k} items, right or wrong. Coverage: share of the catalogue that somebody is shown. Gini index: 0 where all items are shown ` +
        'alike. Novelty in bits. Long tail: items outside of those that hold 80 % of all use. Diversity and serendipity by categories.',
      rows: models.map(({ name, lists: { longTail, ...lists } }) => ({
        model: name,
        ...lists,
        'long tail': longTail,
      })),
    },
    {
      title: 'How much the lists change',
      text: 'The lists for the test against those for the validation, when the user had done less: share of common items, and rank-biased overlap (p = .9). 1: the same list.',
      rows: models.flatMap(({ name, stability }) =>
        stability === null
          ? []
          : [
              {
                model: name,
                'common items': stability.jaccard.mean,
                from: stability.jaccard.low,
                to: stability.jaccard.high,
                overlap: stability.overlap.mean,
              },
            ],
      ),
    },
    {
      title: 'Who is served',
      text:
        `NDCG@${k} of ${report.subject} for groups of users, against all others; p by Welch's test, corrected for all rows. A difference is no ` +
        'proof of unfairness: groups differ in how much is known of them.' +
        (report.movement
          ? ` Interests moved by ${roundTo(report.movement.mean, 3)} on average (Jensen-Shannon divergence of categories between the halves of a history, 0 to 1).`
          : ''),
      rows: groups.map(({ by, group, users, mean, low, high, othersMore, p }) => ({
        by,
        group,
        users,
        [`NDCG@${k}`]: mean,
        from: low,
        to: high,
        'others have more': othersMore,
        p,
      })),
      ...(groups.length > 0 && {
        chart: {
          kind: 'bar',
          title: `${report.subject}: NDCG@${k} for groups of users`,
          note: 'Whiskers: 95 % over the users of the group.',
          x: { title: 'group' },
          y: { title: `NDCG@${k}` },
          horizontal: true,
          names: groups.map(({ by, group }) => `${by} · ${group}`),
          series: [
            {
              name: `NDCG@${k}`,
              y: groups.map(({ mean }) => mean),
              spread: groups.map(({ mean, high }) => high - mean),
            },
          ],
        } satisfies Chart,
      }),
    },
    {
      title: 'What it costs',
      text: 'Milliseconds until the scores of one user are there, users a second when 256 are asked at once, memory of the whole process.',
      rows: models.map(({ name, times }) => ({
        model: name,
        'p50 (ms)': times.p50Ms,
        'p99 (ms)': times.p99Ms,
        'users a second': Math.round(times.usersPerSecond),
        'process (MB)': Math.round(times.residentMB),
      })),
    },
    { title: 'What this does not say', text: report.notes.join(' '), rows: [] },
  ];
}

const percent = (share: number): string => `${roundTo(100 * share, 2)} %`;
