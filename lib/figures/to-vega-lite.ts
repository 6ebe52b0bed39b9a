import { axisTitle, checkChart, countBins, type Axis, type AxisChart, type Chart, type Guide } from './chart';
import { dendrogramToVegaLite } from './draw-dendrogram';
import { flowToVegaLite } from './draw-flow';
import { funnelToVegaLite } from './draw-funnel';
import { linkedToVegaLite } from './draw-linked';
import { panelsToVegaLite } from './draw-panels';
import { radarToVegaLite } from './draw-radar';
import { sankeyToVegaLite } from './draw-sankey';
import { silhouetteToVegaLite } from './draw-silhouette';
import { faint, fontFamily, heatColours, ink, seriesColour } from './palette';
import { roundTo } from './round';

/** A Vega-Lite 5 specification, plain JSON. */
export type VegaLiteSpec = Readonly<Record<string, unknown>>;

/** Of the drawing area, in pixels. */
const width = 560;

type Row = Record<string, string | number>;

const field = (name: string, type: 'quantitative' | 'nominal', described: Axis, more: object = {}) => ({
  field: name,
  type,
  title: axisTitle(described),
  ...more,
});

const mostTicks = 8;

/** A quantitative axis. Lines and points need not start at zero; bars must. */
function quantity(name: string, described: Axis, zero: boolean, nice = true, tickCount = mostTicks) {
  const scale = {
    ...(described.scale === 'log' ? { type: 'log' } : { zero }),
    ...(described.range ? { domain: [...described.range] } : {}),
    nice: nice && described.range === undefined,
  };
  return field(name, 'quantitative', described, { scale, axis: { tickCount } });
}

/** Names in the order in which they came, not in that of the alphabet. */
const named = (name: string, described: Axis, order: readonly string[], angle?: number) =>
  field(name, 'nominal', described, {
    sort: [...order],
    axis: { ...(angle === undefined ? {} : { labelAngle: angle }), labelLimit: 360, grid: false },
  });

function colour(series: readonly { readonly name: string }[]) {
  return {
    field: 'series',
    type: 'nominal',
    title: null,
    scale: { domain: series.map(({ name }) => name), range: series.map((_, i) => seriesColour(i)) },
    legend: series.length > 1 ? { symbolOpacity: 1, labelLimit: 260 } : null,
  };
}

function guideLayers(guides: readonly Guide[], axis: 'x' | 'y'): object[] {
  if (guides.length === 0) return [];
  const data = { values: guides.map(({ name, y }) => ({ name, level: roundTo(y) })) };
  const at = { field: 'level', type: 'quantitative' };
  return [
    {
      data,
      mark: { type: 'rule', strokeDash: [6, 4], strokeWidth: 1.5, color: ink },
      encoding: { [axis]: at },
    },
    {
      data,
      mark: {
        type: 'text',
        ...(axis === 'y' ? { align: 'right', baseline: 'bottom', dy: -3 } : { baseline: 'bottom', dy: -4 }),
        fontSize: 12,
        color: ink,
      },
      encoding: {
        [axis]: at,
        text: { field: 'name' },
        ...(axis === 'y' ? { x: { value: 'width' } } : { y: { value: 0 } }),
      },
    },
  ];
}

/** Epochs and numbers of groups have nothing between them: no tick at 2.5. */
const ticksFor = (xs: readonly number[]): number =>
  xs.every(Number.isInteger)
    ? Math.max(1, Math.min(mostTicks, Math.max(...xs) - Math.min(...xs)))
    : mostTicks;

const whiskerEnds = (y: number, spread: number | undefined): { low?: number; high?: number } =>
  spread === undefined ? {} : { low: roundTo(y - spread), high: roundTo(y + spread) };

function layers(chart: AxisChart): { rows: Row[]; layer: object[]; height?: number } {
  switch (chart.kind) {
    case 'line': {
      const rows = chart.series.flatMap(({ name, x, y, spread }) =>
        Array.from(y, (value, i) => ({
          series: name,
          x: roundTo(x ? x[i]! : i + 1),
          y: roundTo(value),
          ...whiskerEnds(value, spread?.[i]),
        })),
      );
      const longest = Math.max(...chart.series.map(({ y }) => y.length));
      const mark = {
        type: 'line',
        strokeWidth: 2,
        ...(longest <= 60 ? { point: { size: 25, filled: true } } : {}),
      };
      const encoding = {
        x: quantity('x', chart.x, false, false, ticksFor(rows.map(({ x }) => x))),
        y: quantity('y', chart.y, false),
        color: colour(chart.series),
      };
      const whiskers = {
        transform: [{ filter: 'isValid(datum.low)' }],
        mark: { type: 'rule', strokeWidth: 1.5 },
        encoding: {
          x: { field: 'x', type: 'quantitative' },
          y: { field: 'low', type: 'quantitative' },
          y2: { field: 'high' },
          color: colour(chart.series),
        },
      };
      const hasSpread = chart.series.some(({ spread }) => spread !== undefined);
      const layer = [{ mark, encoding }, ...(hasSpread ? [whiskers] : [])];
      return { rows, layer: [...layer, ...guideLayers(chart.guides ?? [], 'y')] };
    }
    case 'bar': {
      const rows = chart.series.flatMap(({ name, y, spread }) =>
        chart.names.map((label, i) => ({
          series: name,
          name: label,
          y: roundTo(y[i]!),
          ...whiskerEnds(y[i]!, spread?.[i]),
        })),
      );
      const lying = chart.horizontal === true;
      const names = lying ? 'y' : 'x';
      const lengths = lying ? 'x' : 'y';
      const order = chart.series.map(({ name }) => name);
      const widest = Math.max(...chart.names.map((name) => name.length)) * 7;
      const angle = widest < width / chart.names.length ? 0 : -40;
      const side = chart.series.length > 1 ? { [`${names}Offset`]: { field: 'series', sort: order } } : {};
      const place = { [names]: named('name', chart.x, chart.names, lying ? undefined : angle), ...side };
      const bars = {
        mark: { type: 'bar' },
        encoding: { ...place, [lengths]: quantity('y', chart.y, true), color: colour(chart.series) },
      };
      const whiskers = {
        transform: [{ filter: 'isValid(datum.low)' }],
        mark: { type: 'rule', color: ink, strokeWidth: 1.5 },
        encoding: {
          ...place,
          [lengths]: { field: 'low', type: 'quantitative' },
          [`${lengths}2`]: { field: 'high' },
        },
      };
      const hasSpread = chart.series.some(({ spread }) => spread !== undefined);
      const height = lying ? Math.max(120, chart.names.length * (10 + 14 * chart.series.length)) : undefined;
      const layer = [bars, ...(hasSpread ? [whiskers] : []), ...guideLayers(chart.guides ?? [], lengths)];
      return height === undefined ? { rows, layer } : { rows, layer, height };
    }
    case 'scatter': {
      const rows = chart.series.flatMap(({ name, x, y }) =>
        Array.from(y, (value, i) => ({ series: name, x: roundTo(x[i]!, 4), y: roundTo(value, 4) })),
      );
      const size = rows.length > 2000 ? 8 : rows.length > 300 ? 16 : 36;
      const encoding = {
        x: quantity('x', chart.x, false),
        y: quantity('y', chart.y, false),
        color: colour(chart.series),
      };
      return { rows, layer: [{ mark: { type: 'circle', size, opacity: 0.75 }, encoding }] };
    }
    case 'histogram': {
      const { edges, counts } = countBins(chart);
      const rows = chart.series.flatMap(({ name }, s) =>
        counts[s]!.map((count, i) => ({
          series: name,
          from: roundTo(edges[i]!),
          to: roundTo(edges[i + 1]!),
          y: roundTo(count),
        })),
      );
      const encoding = {
        x: quantity('from', chart.x, false, false),
        x2: { field: 'to' },
        y: quantity('y', chart.y, true),
        y2: { datum: 0 },
        color: colour(chart.series),
      };
      const opacity = chart.series.length > 1 ? 0.55 : 0.9;
      const mark = { type: 'rect', opacity, stroke: 'white', strokeWidth: 0.5 };
      return { rows, layer: [{ mark, encoding }] };
    }
    case 'heatmap': {
      const rows = chart.values.flatMap((values, r) =>
        Array.from(values, (value, c) => ({
          row: chart.rows[r]!,
          column: chart.columns[c]!,
          value: roundTo(value, 4),
          ...(chart.labels ? { label: chart.labels[r]![c]! } : {}),
        })),
      );
      const place = {
        x: named('column', chart.x, chart.columns, chart.columns.some((c) => c.length > 3) ? -40 : 0),
        y: named('row', chart.y, chart.rows),
      };
      const encoding = {
        ...place,
        color: {
          field: 'value',
          type: 'quantitative',
          title: axisTitle(chart.value),
          scale: {
            range: [...heatColours],
            interpolate: 'rgb',
            ...(chart.value.range ? { domain: [...chart.value.range] } : {}),
          },
        },
      };
      const [least, most] = chart.value.range ?? [
        Math.min(...rows.map(({ value }) => Number(value))),
        Math.max(...rows.map(({ value }) => Number(value))),
      ];
      const labels = {
        mark: { type: 'text', fontSize: 11 },
        encoding: {
          ...place,
          text: { field: 'label' },
          // Beyond the middle of the scale the colours are dark.
          color: {
            condition: { test: `datum.value > ${roundTo((least + most) / 2)}`, value: 'white' },
            value: ink,
          },
        },
      };
      return {
        rows,
        layer: [{ mark: { type: 'rect' }, encoding }, ...(chart.labels ? [labels] : [])],
        height: Math.max(120, chart.rows.length * 26),
      };
    }
  }
}

function onAxes(chart: AxisChart): VegaLiteSpec {
  const { rows, layer, height = 300 } = layers(chart);
  return { width, height, data: { values: rows }, layer };
}

/** What is drawn, without title and looks. */
function drawn(chart: Chart): VegaLiteSpec {
  switch (chart.kind) {
    case 'flow':
      return flowToVegaLite(chart);
    case 'sankey':
      return sankeyToVegaLite(chart);
    case 'funnel':
      return funnelToVegaLite(chart);
    case 'silhouette':
      return silhouetteToVegaLite(chart);
    case 'linked':
      return linkedToVegaLite(chart);
    case 'panels':
      return panelsToVegaLite(chart);
    case 'dendrogram':
      return dendrogramToVegaLite(chart);
    case 'radar':
      return radarToVegaLite(chart);
    case 'line':
    case 'bar':
    case 'scatter':
    case 'histogram':
    case 'heatmap':
      return onAxes(chart);
  }
}

/**
 * A chart as Vega-Lite draws it, for a file that needs no program to look at.
 *
 * @throws RangeError when the chart cannot be drawn (see checkChart)
 */
export function toVegaLite(chart: Chart): VegaLiteSpec {
  checkChart(chart);
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v5.json',
    ...drawn(chart),
    background: 'white',
    padding: 12,
    title: {
      text: chart.title,
      ...(chart.note ? { subtitle: chart.note } : {}),
      anchor: 'start',
      fontSize: 17,
      subtitleFontSize: 12,
      subtitleColor: '#555555',
      offset: 14,
    },
    config: {
      aria: false, // labels for screen readers on every single point: most of the file
      font: fontFamily,
      view: { stroke: null },
      axis: {
        labelFontSize: 12,
        titleFontSize: 13,
        titleFontWeight: 'normal',
        gridColor: faint,
        domainColor: '#888888',
        tickColor: '#888888',
        labelColor: ink,
        titleColor: ink,
        titlePadding: 10,
        maxExtent: 500,
      },
      legend: { labelFontSize: 12, titleFontSize: 12, titleFontWeight: 'normal', titleLimit: 260 },
    },
  };
}
