import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { dirname, join } from 'node:path';
import { saveChart } from 'behavior-lab/figures/save-chart';
import { tableToText } from 'behavior-lab/figures/table';
import { bestOf, toRow, type Comparison } from './compare';
import type { Measured } from './measure';
import type { MemoryGrowth } from './run-work';
import type { Work } from './work';

/** A work with all its times. */
export interface Result {
  readonly work: Work;
  readonly measured: readonly Measured[];
  readonly comparisons: readonly Comparison[];
}

const short = (value: number): string => (value >= 100 ? value.toFixed(0) : value.toFixed(1));

/** The comparisons as a table for a terminal. */
export function comparisonTable(comparisons: readonly Comparison[]): string {
  return tableToText({
    columns: [
      'work',
      'peer',
      'unit',
      'ours min',
      'theirs',
      'ratio',
      'ours median',
      'theirs',
      'ratio',
      'threads',
    ],
    rows: comparisons.map((row) => [
      row.name,
      row.peer,
      row.unit,
      short(row.ours),
      short(row.theirs),
      row.ratio.toFixed(2),
      short(row.oursMedian),
      short(row.theirsMedian),
      row.medianRatio.toFixed(2),
      `${row.oursThreads} / ${row.theirsThreads}`,
    ]),
  });
}

/** Memory growth as a table for a terminal. */
export function memoryTable(growths: readonly MemoryGrowth[]): string {
  return tableToText({
    columns: ['work', 'threads', 'RSS early (MB)', 'late', 'growth', 'tensors early', 'late'],
    rows: growths.map(({ name, threads, rssMB, growthPercent, tensors }) => [
      name,
      threads,
      rssMB[0].toFixed(0),
      rssMB[1].toFixed(0),
      `${growthPercent.toFixed(1)} %`,
      tensors[0],
      tensors[1],
    ]),
  });
}

/** How the times were taken: machine, versions, threads, what each side did. */
export function protocolOf(results: readonly Result[], repeats: number): object {
  return {
    machine: {
      processor: cpus()[0]?.model ?? 'unknown',
      cores: availableParallelism(),
      platform: process.platform,
    },
    method:
      'All programs live through the whole work and take turns, one at a time, in rounds; the first round and, in ' +
      'turns of three samples or more, the first sample of each turn are discarded. The minimum is that of all samples ' +
      'with 1 and with 2 threads, the median that of the number of threads with the smaller one. PyTorch waits passively. ' +
      'A sample in CPU seconds or MB is a process of its own, which measures itself from the end of its imports to the end ' +
      'of the job: user and system time of all threads, or the peak of its resident memory. polars does it in the way that ' +
      'was best of two trials, with each number of threads. On a GPU a sample ends when its result is in the memory of ' +
      'the processor, and programs have 2 threads.',
    repeats,
    works: results.map(({ work, measured, comparisons }) => ({
      name: work.name,
      title: work.title,
      settings: work.settings,
      unit: work.unit,
      samplesATurn: work.turn,
      comparisons,
      programs: measured.map(({ side, threads, opened, samples }) => {
        const { minimum, median } = bestOf([{ side, threads, opened, samples }]);
        return { side, threads, ...opened, samples: samples.length, minimum, median };
      }),
    })),
  };
}

/** Write `--json FILE`, an array of rows, and beside it `FILE.protocol.json`. Returns the two names. */
export function writeRows(file: string, results: readonly Result[], repeats: number): [string, string] {
  const protocolFile = `${file.replace(/\.json$/, '')}.protocol.json`;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, toJson(results.flatMap(({ comparisons }) => comparisons.map(toRow))));
  writeFileSync(protocolFile, toJson(protocolOf(results, repeats)));
  return [file, protocolFile];
}

const toJson = (value: unknown): string =>
  `${JSON.stringify(value, (_, part: unknown) => (typeof part === 'number' ? Number(part.toPrecision(5)) : part), 2)}\n`;

/** Draw the ratios of a group, and write its rows and protocol beside the drawing. Returns the names of the files. */
export async function saveGroup(
  group: string,
  results: readonly Result[],
  repeats: number,
  folder = join('figures', 'bench'),
): Promise<string[]> {
  const comparisons = results.flatMap((result) => result.comparisons);
  const chart = await saveChart(
    {
      kind: 'bar',
      horizontal: true,
      title: `What ours takes, as a share of the peer's: ${group}`,
      note: 'Ratio of the minima of one run, both sides in turn on one machine. Left of 1: ours takes less.',
      x: { title: 'work and peer' },
      y: { title: 'ratio' },
      names: comparisons.map(({ name, peer }) => `${name} / ${peer}`),
      series: [{ name: 'ours / theirs', y: comparisons.map(({ ratio }) => ratio) }],
      guides: [{ name: 'level', y: 1 }],
    },
    join(folder, `${group}.svg`),
  );
  return [chart, ...writeRows(join(folder, `${group}.json`), results, repeats)];
}
