import { resolve } from 'node:path';
import type { Chart } from '../figures/chart';
import { saveChart, toPng, toSvg } from '../figures/save-chart';
import { tableToHtml, tableToText, type Table, type TableOptions } from '../figures/table';
import { toPlotly } from '../figures/to-plotly';
import { toVegaLite } from '../figures/to-vega-lite';
import { display, isNotebook, liveDisplay, type DisplayBundle } from './display';
import { isSmoke } from './params';
import { projectRoot } from './project-root';

/** Beyond this many letters a drawing of many points is smaller as a picture. */
const largestSvg = 40_000;

const textOf = (chart: Chart) => `[${chart.kind} chart] ${chart.title}`;

/**
 * A chart as a notebook keeps it: for JupyterLab the interactive one, for everything that runs no program (a page of
 * a repository, nbconvert) a drawing, for a terminal its title.
 */
async function chartBundle(chart: Chart): Promise<DisplayBundle> {
  const svg = await toSvg(chart);
  const drawing =
    svg.length <= largestSvg && !isForLooking(chart)
      ? { 'image/svg+xml': svg }
      : { 'image/png': Buffer.from(pictureOf(chart, svg)).toString('base64') };
  return { ...interactiveOf(chart), ...drawing, 'text/plain': textOf(chart) };
}

/** Thousands of points and lines, to look at and not to point at: as something to point at, they fill the notebook. */
const isForLooking = ({ kind }: Chart): boolean => kind === 'panels' || kind === 'dendrogram';

const pictureOf = (chart: Chart, svg: string): Uint8Array =>
  isForLooking(chart) ? toPng(svg, Math.min(800, widthOf(svg)), 'crisp') : toPng(svg, 800);
const widthOf = (svg: string): number => Number(/ width="(\d+)/.exec(svg)?.[1] ?? 800);

function interactiveOf(chart: Chart): DisplayBundle {
  if (isForLooking(chart)) return {};
  // What links two views is Vega-Lite's; JupyterLab draws it without an extension.
  if (chart.kind === 'linked') return { 'application/vnd.vegalite.v5+json': toVegaLite(chart) };
  return { 'application/vnd.plotly.v1+json': { ...toPlotly(chart), config: {} } };
}

export interface ChartOptions {
  /** Keep the chart as figures/NAME.svg, or .png when the name says so. */
  readonly file?: string;
}

/** With SMOKE=1 the file goes to .lab/smoke/figures: the committed figure is that of the full run. */
async function saveFigure(chart: Chart, { file }: ChartOptions): Promise<void> {
  if (file === undefined) return;
  const folder = resolve(projectRoot, isSmoke() ? '.lab/smoke/figures' : 'figures');
  await saveChart(chart, resolve(folder, /\.(svg|png)$/.test(file) ? file : `${file}.svg`));
}

/**
 * Show a chart under the cell, and keep it in figures/ if a file is named.
 *
 * @example
 * await showChart({ kind: 'line', title: 'Loss', x: { title: 'epoch' }, y: { title: 'loss', unit: 'nats' },
 *   series: [{ name: 'training', y: losses }] }, { file: '02-loss' });
 */
export async function showChart(chart: Chart, options: ChartOptions = {}): Promise<void> {
  await saveFigure(chart, options);
  display(await chartBundle(chart));
}

/** A chart that grows: learning curves while a model trains. */
export interface LiveChart {
  /** Draw it anew. Call it as often as you like: while one is being drawn, only the newest waits. */
  update(chart: Chart): void;
  /** The last one, interactive and with its file, like showChart. */
  done(chart: Chart, options?: ChartOptions): Promise<void>;
  /** Leave nothing but a blank line. */
  remove(): Promise<void>;
}

/**
 * A place under the cell for a chart that grows.
 *
 * @example
 * const live = liveChart();
 * await train({ ..., onProgress: ({ step, history }) => { if (step === 0) live.update(learningCurves(history)); } });
 * await live.done(learningCurves(history), { file: '02-learning-curves' });
 */
export function liveChart(): LiveChart {
  const live = liveDisplay();
  let newest: Chart | undefined;
  let drawing: Promise<void> | undefined;
  const draw = async (): Promise<void> => {
    while (newest) {
      const chart = newest;
      newest = undefined;
      // A drawing: JupyterLab's interactive renderer shows its first content and ignores the later ones.
      live.update({ 'image/svg+xml': await toSvg(chart), 'text/plain': textOf(chart) });
    }
    drawing = undefined;
  };
  return {
    update(chart) {
      if (!isNotebook()) return;
      newest = chart;
      drawing ??= draw();
    },
    async done(chart, options = {}) {
      newest = undefined;
      await drawing;
      await saveFigure(chart, options);
      live.update(await chartBundle(chart));
    },
    async remove() {
      newest = undefined;
      await drawing;
      if (isNotebook()) live.update({ 'text/plain': '' });
    },
  };
}

/** What a danfojs DataFrame has, as far as it is shown. */
interface FrameLike {
  readonly columns: readonly string[];
  readonly values: readonly unknown[] | readonly (readonly unknown[])[];
  readonly index: readonly (string | number)[];
}

/** The index of a frame is a column of its own when it says something: 'mean', 'std', a name; not for 0, 1, 2. */
function frameToTable({ columns, values, index }: FrameLike): Table {
  const named = index.some((label, i) => label !== i);
  const cells = (row: unknown): readonly unknown[] =>
    Array.isArray(row) ? (row as readonly unknown[]) : [row];
  return {
    columns: named ? ['', ...columns] : columns,
    rows: values.map((row, i) => (named ? [index[i], ...cells(row)] : cells(row))),
  };
}

/**
 * Show records, a table or a danfojs DataFrame as a table, numbers to the right.
 *
 * @example
 * showTable([{ model: 'popularity', 'HR@10': 0.0859 }, { model: 'LSTM', 'HR@10': 0.2093 }]);
 * showTable((await frame(rows)).describe());
 */
export function showTable<Row extends object>(
  source: readonly Row[] | Table | FrameLike,
  options: TableOptions<Row> = {},
): void {
  const table = 'values' in source && 'index' in source ? frameToTable(source) : source;
  const shown = { limit: 50, ...options };
  display({
    'text/html': tableToHtml(table, shown),
    'text/plain': tableToText(table, shown),
  });
}

/** Show text with headings, lists and formulas, made of values of the run. */
export function showMarkdown(text: string): void {
  display({ 'text/markdown': text, 'text/plain': text });
}
