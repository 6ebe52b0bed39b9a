/** Numbers of a series: plain or typed array. */
export type Values = ArrayLike<number>;

/** What an axis shows. The unit is printed in brackets after the title. */
export interface Axis {
  readonly title: string;
  readonly unit?: string; // 's', 'nats', 'share of users'
  readonly scale?: 'linear' | 'log';
  readonly range?: readonly [number, number];
}

interface Common {
  readonly title: string;
  readonly x: Axis;
  readonly y: Axis;
  /** One sentence under the title: the data, the seed, what to look at. */
  readonly note?: string;
}

/** A level to compare with, drawn as a dashed line: a baseline, a published value. */
export interface Guide {
  readonly name: string;
  readonly y: number;
}

/**
 * Curves over a quantity: loss per epoch, a metric per k. `x` is 1, 2, 3, ... when left out. `spread` draws a whisker of that
 * length to both sides of each point.
 */
export interface LineChart extends Common {
  readonly kind: 'line';
  readonly series: readonly {
    readonly name: string;
    readonly x?: Values;
    readonly y: Values;
    readonly spread?: Values;
  }[];
  readonly guides?: readonly Guide[];
}

/**
 * One bar for each name and series, side by side. `x` describes the names and `y` the lengths, also when the bars lie
 * (`horizontal`). `spread` draws a whisker of that length to both sides: a standard deviation over seeds.
 */
export interface BarChart extends Common {
  readonly kind: 'bar';
  readonly names: readonly string[];
  readonly series: readonly { readonly name: string; readonly y: Values; readonly spread?: Values }[];
  readonly horizontal?: boolean;
  readonly guides?: readonly Guide[];
}

/** Points in the plane, a colour for each series: users on two principal components, coloured by cluster. */
export interface ScatterChart extends Common {
  readonly kind: 'scatter';
  readonly series: readonly {
    readonly name: string;
    readonly x: Values;
    readonly y: Values;
    readonly labels?: readonly string[]; // shown when the pointer is over a point
  }[];
}

/** How often values fall into intervals of equal width; the series share the intervals. `y` is the count or share. */
export interface HistogramChart extends Common {
  readonly kind: 'histogram';
  readonly series: readonly { readonly name: string; readonly x: Values }[];
  readonly bins?: number; // default 30
  readonly share?: boolean; // of each series' values, so that series of different size compare
}

/** A table as colours: `values[row][column]`; row 0 is at the top. Activity by cluster (rows) and hour (columns). */
export interface HeatmapChart extends Common {
  readonly kind: 'heatmap';
  readonly columns: readonly string[];
  readonly rows: readonly string[];
  readonly values: readonly Values[];
  readonly value: Axis; // what the colour means
  /** What is printed in each cell; default nothing. The colour alone cannot be read as a number. */
  readonly labels?: readonly (readonly string[])[];
}

/**
 * What is made from what: boxes, and an arrow from each to whatever reads it. Drawn from top to bottom, in layers; the
 * colour of a box is its group.
 */
export interface FlowChart {
  readonly kind: 'flow';
  readonly title: string;
  /** One sentence under the title. */
  readonly note?: string;
  readonly nodes: readonly { readonly name: string; readonly group: string }[];
  /** Places in `nodes`. */
  readonly arrows: readonly { readonly from: number; readonly to: number }[];
}

/**
 * Who goes where, layer after layer: users between groups from week to week, visits from step to step. The height of a box and the width of
 * a band are counts. Boxes of one name have one colour in all layers.
 */
export interface SankeyChart {
  readonly kind: 'sankey';
  readonly title: string;
  readonly note?: string;
  /** What is counted: 'users'. */
  readonly unit: string;
  /** From left to right; the names of its boxes from top to bottom. A box that nothing reaches or leaves is not drawn. */
  readonly layers: readonly { readonly title: string; readonly names: readonly string[] }[];
  /** `counts[l][from][to]`: how many go from a box of layer l to one of layer l + 1. */
  readonly counts: readonly (readonly Values[])[];
}

/** How many come as far as each stage, as shares of all, one bar a stage and series, with intervals. */
export interface FunnelChart {
  readonly kind: 'funnel';
  readonly title: string;
  readonly note?: string;
  /** What the shares are of: 'share of visits'. */
  readonly x: Axis;
  readonly stages: readonly string[];
  readonly series: readonly {
    readonly name: string;
    /** One a stage each. */
    readonly counts: Values;
    readonly shares: Values;
    readonly low: Values;
    readonly high: Values;
  }[];
}

/** The silhouette of every point, group by group, the best at the top; a dashed line at the mean of all. */
export interface SilhouetteChart {
  readonly kind: 'silhouette';
  readonly title: string;
  readonly note?: string;
  readonly groups: readonly { readonly name: string; readonly values: Values }[];
}

/**
 * Points in the plane beside their silhouettes. In JupyterLab a frame drawn in one of the two, or a click on a group, shows the same points in
 * the other.
 */
export interface LinkedChart {
  readonly kind: 'linked';
  readonly title: string;
  readonly note?: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly groups: readonly {
    readonly name: string;
    readonly x: Values;
    readonly y: Values;
    /** Silhouette of each point. */
    readonly values: Values;
    readonly labels?: readonly string[]; // shown when the pointer is over a point
  }[];
}

/** Small pictures of points in rows and columns, to compare at a glance: one data set a row, one method a column. Axes are left out. */
export interface PanelsChart {
  readonly kind: 'panels';
  readonly title: string;
  readonly note?: string;
  readonly rows: readonly string[];
  readonly columns: readonly string[];
  /** `panels[row][column]`. */
  readonly panels: readonly (readonly {
    readonly x: Values;
    readonly y: Values;
    /** Of each point, from 0; -1 is drawn pale, as noise. */
    readonly groups: Values;
    /** A few letters in the corner: a score. */
    readonly text?: string;
  }[])[];
}

/** A tree of merges: each bracket joins what stands on its left and on its right, at the height of the merge. */
export interface DendrogramChart {
  readonly kind: 'dendrogram';
  readonly title: string;
  readonly note?: string;
  /** What heights are: 'distance of the joined groups'. */
  readonly y: Axis;
  readonly brackets: readonly {
    readonly left: number;
    readonly right: number;
    readonly leftHeight: number;
    readonly rightHeight: number;
    readonly height: number;
    /** Which group the bracket is within, for its colour, from 0; left out above the cut. */
    readonly group?: number;
  }[];
  /** Of the leaves at 0, 1, 2, ...; left out where there are too many to read. */
  readonly names?: readonly string[];
  /** Where the tree is cut, as a dashed line. */
  readonly cut?: Guide;
}

/**
 * Several measures at once, a ray each from a common centre, an outline a series. Every ray has a scale of its own: `centre` is drawn in the
 * middle and `rim` outside, whichever is the larger number, so that outside can be the better on all rays.
 *
 * It shows where one is ahead and where not, and nothing more: another order of the rays, or another scale, gives another shape. Keep
 * the numbers beside it.
 */
export interface RadarChart {
  readonly kind: 'radar';
  readonly title: string;
  readonly note?: string;
  /** At least 3; the first one upwards, clockwise. */
  readonly axes: readonly {
    readonly name: string;
    readonly centre: number;
    readonly rim: number;
    /** How its numbers are written; default three digits. */
    readonly print?: (value: number) => string;
  }[];
  /** `values[ray]`, each between centre and rim. */
  readonly series: readonly { readonly name: string; readonly values: Values }[];
}

/** A chart with two axes. */
export type AxisChart = LineChart | BarChart | ScatterChart | HistogramChart | HeatmapChart;

/**
 * A chart as data. One description is drawn three ways: `toPlotly` (interactive, in a notebook or a browser),
 * `toVegaLite` (static, for files) and its numbers remain readable for a test.
 */
export type Chart = AxisChart | FlowChart | GroupChart | RadarChart;

/** A chart that reads groups. */
export type GroupChart =
  SankeyChart | FunnelChart | SilhouetteChart | LinkedChart | PanelsChart | DendrogramChart;

/** 'gap (s)'. */
export function axisTitle({ title, unit }: Axis): string {
  return unit === undefined ? title : `${title} (${unit})`;
}

function expectNumbers(chart: Chart, what: string, values: Values, length: number): void {
  if (values.length !== length) {
    throw new RangeError(`chart '${chart.title}': ${what} has ${values.length} values, expected ${length}`);
  }
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i])) {
      throw new RangeError(
        `chart '${chart.title}': value ${i} of ${what} is ${values[i]}, not a number to draw`,
      );
    }
  }
}

/**
 * Refuse a chart that would be drawn wrongly or not at all.
 *
 * @throws RangeError naming the chart and the series: no series, no values, lengths that differ, a value that is not
 *   finite, two series of one name, a log axis with a value of 0 or less, an arrow from or to a box that is not there
 */
export function checkChart(chart: Chart): void {
  const fail = (problem: string): never => {
    throw new RangeError(`chart '${chart.title}': ${problem}`);
  };
  if (chart.kind === 'flow') {
    if (chart.nodes.length === 0) fail('there are no boxes');
    for (const { from, to } of chart.arrows) {
      if (!chart.nodes[from] || !chart.nodes[to]) fail(`an arrow goes from box ${from} to box ${to}`);
    }
    return;
  }
  if (chart.kind === 'radar') return checkRadar(chart, fail);
  if (
    chart.kind === 'sankey' ||
    chart.kind === 'funnel' ||
    chart.kind === 'silhouette' ||
    chart.kind === 'linked' ||
    chart.kind === 'panels' ||
    chart.kind === 'dendrogram'
  ) {
    return checkGroupChart(chart, fail);
  }
  if (chart.kind === 'heatmap') {
    if (chart.rows.length === 0 || chart.columns.length === 0) fail('there are no rows or no columns');
    if (chart.values.length !== chart.rows.length) {
      fail(`${chart.values.length} rows of values for ${chart.rows.length} names of rows`);
    }
    chart.values.forEach((row, i) =>
      expectNumbers(chart, `row '${chart.rows[i]}'`, row, chart.columns.length),
    );
    const { labels } = chart;
    if (
      labels &&
      (labels.length !== chart.rows.length || labels.some((own) => own.length !== chart.columns.length))
    )
      fail('there is not one label a cell');
    return;
  }
  if (chart.series.length === 0) fail('there are no series');
  if (new Set(chart.series.map(({ name }) => name)).size < chart.series.length)
    fail('two series have one name');
  for (const series of chart.series) {
    const what = `series '${series.name}'`;
    const length =
      chart.kind === 'bar' ? chart.names.length : 'y' in series ? series.y.length : series.x.length;
    if (length === 0) fail(`${what} is empty`);
    if ('y' in series) expectNumbers(chart, `y of ${what}`, series.y, length);
    if ('x' in series && series.x) expectNumbers(chart, `x of ${what}`, series.x, length);
    if ('spread' in series && series.spread) expectNumbers(chart, `spread of ${what}`, series.spread, length);
    if ('labels' in series && series.labels && series.labels.length !== length) {
      fail(`${what} has ${series.labels.length} labels for ${length} points`);
    }
    const onLog = [
      ...(chart.x.scale === 'log' && 'x' in series && series.x ? [series.x] : []),
      ...(chart.y.scale === 'log' && 'y' in series ? [series.y] : []),
    ];
    if (onLog.some((values) => Array.from(values).some((v) => v <= 0))) {
      fail(`${what} has a value of 0 or less, which a log axis cannot show`);
    }
  }
}

function checkRadar(chart: RadarChart, fail: (problem: string) => never): void {
  const { axes, series } = chart;
  if (axes.length < 3) fail(`${axes.length} rays; a radar needs 3 or more`);
  if (series.length === 0) fail('there are no series');
  for (const [what, own] of [
    ['rays', axes],
    ['series', series],
  ] as const)
    if (new Set(own.map(({ name }) => name)).size < own.length) fail(`two ${what} have one name`);
  for (const { name, centre, rim } of axes)
    if (!(Number.isFinite(centre) && Number.isFinite(rim) && centre !== rim))
      fail(`ray '${name}' goes from ${centre} to ${rim}`);
  for (const { name, values } of series) {
    expectNumbers(chart, `series '${name}'`, values, axes.length);
    for (const [ray, { name: of, centre, rim }] of axes.entries()) {
      const value = values[ray]!;
      if (value < Math.min(centre, rim) || value > Math.max(centre, rim))
        fail(`'${name}' has ${value} on ray '${of}', which goes from ${centre} to ${rim}`);
    }
  }
}

function namesOfParts(chart: GroupChart): readonly string[] {
  switch (chart.kind) {
    case 'sankey':
      return chart.layers.map(({ title }) => title);
    case 'funnel':
      return chart.series.map(({ name }) => name);
    case 'silhouette':
    case 'linked':
      return chart.groups.map(({ name }) => name);
    case 'panels':
      return chart.columns.length === 0 ? [] : chart.rows;
    case 'dendrogram':
      return chart.brackets.map((_, place) => String(place));
  }
}

function checkGroupChart(chart: GroupChart, fail: (problem: string) => never): void {
  const names = namesOfParts(chart);
  if (names.length === 0) fail('there is nothing to draw');
  if (new Set(names).size < names.length) fail('two parts have one name');
  const expectRange = (what: string, values: Values, low: number, high: number): void => {
    const bad = Array.from(values).findIndex((value) => value < low || value > high);
    if (bad >= 0) fail(`value ${bad} of ${what} is ${values[bad]}, not from ${low} to ${high}`);
  };
  switch (chart.kind) {
    case 'sankey': {
      if (chart.counts.length !== chart.layers.length - 1 || chart.layers.length < 2)
        fail(`${chart.counts.length} tables of counts for ${chart.layers.length} layers`);
      for (const [l, rows] of chart.counts.entries()) {
        const [from, to] = [chart.layers[l]!, chart.layers[l + 1]!];
        for (const { names: own } of [from, to])
          if (new Set(own).size < own.length) fail('two boxes of a layer have one name');
        if (rows.length !== from.names.length)
          fail(`${rows.length} rows of counts for ${from.names.length} boxes of '${from.title}'`);
        for (const [row, counts] of rows.entries()) {
          const what = `row '${from.names[row]}' of '${from.title}'`;
          expectNumbers(chart, what, counts, to.names.length);
          expectRange(what, counts, 0, Infinity);
        }
      }
      if (
        chart.counts.every((rows) => rows.every((counts) => Array.from(counts).every((count) => count === 0)))
      )
        fail('all counts are 0');
      return;
    }
    case 'funnel':
      if (chart.stages.length === 0) fail('there are no stages');
      for (const { name, ...values } of chart.series) {
        for (const [part, own] of Object.entries(values))
          expectNumbers(chart, `${part} of series '${name}'`, own, chart.stages.length);
        for (const part of ['shares', 'low', 'high'] as const)
          expectRange(`${part} of series '${name}'`, values[part], 0, 1);
      }
      return;
    case 'panels':
      if (new Set(chart.columns).size < chart.columns.length) fail('two columns have one name');
      if (
        chart.panels.length !== chart.rows.length ||
        chart.panels.some((own) => own.length !== chart.columns.length)
      )
        fail(
          `there is not one panel for each of ${chart.rows.length} rows and ${chart.columns.length} columns`,
        );
      for (const [row, own] of chart.panels.entries())
        for (const [column, { x, y, groups }] of own.entries()) {
          const what = `panel '${chart.rows[row]}', '${chart.columns[column]}'`;
          if (groups.length === 0) fail(`${what} is empty`);
          for (const [part, values] of Object.entries({ x, y, groups }))
            expectNumbers(chart, `${part} of ${what}`, values, groups.length);
          expectRange(`groups of ${what}`, groups, -1, Infinity);
        }
      return;
    case 'dendrogram':
      for (const [place, { group: _, ...numbers }] of chart.brackets.entries()) {
        expectNumbers(chart, `bracket ${place}`, Object.values(numbers), 5);
        if (numbers.height < Math.max(numbers.leftHeight, numbers.rightHeight))
          fail(`bracket ${place} stands below what it joins`);
      }
      if (chart.names && chart.names.length !== chart.brackets.length + 1)
        fail(`${chart.names.length} names for ${chart.brackets.length + 1} leaves`);
      return;
    case 'silhouette':
    case 'linked':
      for (const group of chart.groups) {
        const { length } = group.values;
        const what = `group '${group.name}'`;
        if (length === 0) fail(`${what} is empty`);
        expectNumbers(chart, what, group.values, length);
        expectRange(what, group.values, -1, 1);
        if (!('x' in group)) continue;
        expectNumbers(chart, `x of ${what}`, group.x, length);
        expectNumbers(chart, `y of ${what}`, group.y, length);
        if (group.labels && group.labels.length !== length)
          fail(`${what} has ${group.labels.length} labels for ${length} points`);
      }
  }
}

/** Equal intervals over all series of a histogram: `edges` (bins + 1) and `counts[series][bin]`. */
export function countBins(chart: HistogramChart): { edges: number[]; counts: number[][] } {
  const bins = chart.bins ?? 30;
  if (!Number.isInteger(bins) || bins < 1) throw new RangeError(`chart '${chart.title}': ${bins} bins`);
  let low = Infinity;
  let high = -Infinity;
  for (const { x } of chart.series) {
    for (let i = 0; i < x.length; i++) {
      low = Math.min(low, x[i]!);
      high = Math.max(high, x[i]!);
    }
  }
  if (chart.x.range) [low, high] = chart.x.range;
  if (low === high) [low, high] = [low - 0.5, high + 0.5];
  const edges = Array.from({ length: bins + 1 }, (_, i) => low + ((high - low) * i) / bins);
  const counts = chart.series.map(({ x }) => {
    const count = new Array<number>(bins).fill(0);
    for (let i = 0; i < x.length; i++) {
      if (x[i]! < low || x[i]! > high) continue; // outside of the axis asked for
      const bin = Math.min(bins - 1, Math.floor(((x[i]! - low) / (high - low)) * bins));
      count[bin]! += 1;
    }
    return chart.share ? count.map((c) => c / x.length) : count;
  });
  return { edges, counts };
}
