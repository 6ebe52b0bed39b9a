import { join } from 'node:path';
import { InputError } from 'behavior-lab/base/errors';
import { metricTable } from 'behavior-lab/evaluation/protocol';
import type { DataSettings } from 'behavior-lab/experiments/load-data';
import { readJson } from 'behavior-lab/experiments/model-folder';
import { reportOfRuns } from 'behavior-lab/experiments/report/report-of-runs';
import { saveReport } from 'behavior-lab/experiments/report/report-page';
import type { ExperimentSettings } from 'behavior-lab/experiments/run-experiment';
import type { RunRecord } from 'behavior-lab/experiments/run-record';
import { tableToText } from 'behavior-lab/figures/table';
import { runCommand, wholeNumber } from './command-line';
import { dataOptions, dataUsage, readBesideOptions, readDataOptions } from './data-options';

const usage = `Evaluate finished runs from all sides and write a page that opens without a network.

  npm run report -- --run DIR [--run DIR ...] [--data FILE] [--items FILE] [--users FILE] [--k N] [--out DIR]

  --run DIR        folder of a finished run (npm run experiment); several stand side by side, the last one is the subject
  --k N            length of the lists (default 10)
  --seed S         of resamples, and of the users whose times are measured (default 1)
  --out DIR        where report.html, report.md and report.json go (default: the folder of the last run)

Popularity and the untrained encoder stand first in every table. Asked is the last test event of each user: which item comes next?
The report has accuracy, ranking, what stands in the lists, how much they change, who is served, times and memory; with --items also
diversity, serendipity and the movement of interests (by categories), with --users groups by the fields of the profiles.

Without --data the data are those of the runs, and must be unchanged. With --data FILE another file is evaluated, with the items that the
runs know; without --format it is read, cleaned and split as that of the runs was. With --format, options of cleaning are those given here.

${dataUsage}`;

const options = {
  run: { type: 'string', multiple: true },
  ...dataOptions,
  k: { type: 'string' },
  seed: { type: 'string' },
  out: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

runCommand(usage, options, async ({ run: folders = [], k, seed, out, ...data }) => {
  const subject = folders.at(-1);
  if (subject === undefined)
    throw new InputError(
      '--run is missing.',
      'Name the folder of a finished run, for example --run runs/mine.',
    );
  const count = wholeNumber('--k', k, 10);
  const resampled = wholeNumber('--seed', seed, 1, 0);
  const given = data.format === undefined ? asTheRun(subject, data) : readDataOptions(data);
  const report = await reportOfRuns(folders, {
    k: count,
    seed: resampled,
    say: (sentence) => process.stderr.write(`${sentence}\n`),
    ...(given && { data: given }),
  });
  const file = await saveReport(report, out ?? subject);
  const shown = [`HR@${count}`, `NDCG@${count}`, 'MRR'];
  const { columns, rows, notes } = metricTable(
    report.models.map(({ name, metrics }) => ({
      name,
      metrics: metrics.filter(({ metric }) => shown.includes(metric)),
    })),
    { intervals: true },
  );
  process.stdout.write(
    `${tableToText({ columns, rows })}\n${notes.map((note) => `${note}\n`).join('')}` +
      `In brackets: 95 % over users. ${report.cost.seconds.toFixed(1)} s, ${Math.round(report.cost.peakMB)} MB at most.\n` +
      `Open it in a browser: ${file}\n`,
  );
});

/** The data of the run, elsewhere or with more files beside them; undefined where nothing was said. */
function asTheRun(
  run: string,
  { data: file, items, users, friends, ...others }: Parameters<typeof readDataOptions>[0],
): DataSettings | undefined {
  const [other] = Object.keys(others);
  if (other !== undefined)
    throw new InputError(`--${other} goes with --format.`, 'Give --format too, or neither.');
  const beside = readBesideOptions({ items, users, friends });
  if (file === undefined && Object.keys(beside).length === 0) return undefined;
  const record = readJson(join(run, 'run.json'), 'Name the folder of a finished run.') as RunRecord;
  const own = (record.settings as ExperimentSettings).data;
  return { ...own, ...beside, ...(file !== undefined && { file }) };
}
