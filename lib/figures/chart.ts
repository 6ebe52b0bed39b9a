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

/** A chart with two axes. */
export type AxisChart = LineChart | BarChart | ScatterChart | HistogramChart | HeatmapChart;

/**
 * A chart as data. One description is drawn three ways: `toPlotly` (interactive, in a notebook or a browser),
 * `toVegaLite` (static, for files) and its numbers remain readable for a test.
 */
export type Chart = AxisChart | FlowChart;

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
  if (chart.kind === 'heatmap') {
    if (chart.rows.length === 0 || chart.columns.length === 0) fail('there are no rows or no columns');
    if (chart.values.length !== chart.rows.length) {
      fail(`${chart.values.length} rows of values for ${chart.rows.length} names of rows`);
    }
    chart.values.forEach((row, i) =>
      expectNumbers(chart, `row '${chart.rows[i]}'`, row, chart.columns.length),
    );
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
