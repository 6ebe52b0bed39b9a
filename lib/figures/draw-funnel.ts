import { axisTitle, type FunnelChart } from './chart';
import { faint, ink, seriesColour } from './palette';
import { roundAll, roundTo } from './round';

/** '1,234 · 56 %', with a digit more where there is little. */
function labelOf(count: number, share: number): string {
  const percent = 100 * share;
  const digits = percent > 0 && percent < 10 ? 1 : 0;
  return `${String(roundTo(count)).replaceAll(/\B(?=(\d{3})+$)/g, ',')} · ${percent.toFixed(digits)} %`;
}

/** Five to eight round shares from 0 up to a share: the axis goes on behind the bars, where labels stand, but shares do not. */
function ticks(most: number): number[] {
  const steps = [0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001];
  const step = steps.find((own) => most / own >= 4) ?? most / 4;
  return Array.from({ length: Math.floor(most / step + 1e-9) + 1 }, (_, place) => roundTo(place * step));
}

/** The size and the layers of a Vega-Lite drawing. */
export function funnelToVegaLite(chart: FunnelChart): Readonly<Record<string, unknown>> {
  const rows = chart.series.flatMap(({ name, counts, shares, low, high }) =>
    chart.stages.map((stage, at) => ({
      series: name,
      stage,
      share: roundTo(shares[at]!),
      low: roundTo(low[at]!),
      high: roundTo(high[at]!),
      label: labelOf(counts[at]!, shares[at]!),
    })),
  );
  const order = chart.series.map(({ name }) => name);
  const place = {
    y: {
      field: 'stage',
      type: 'nominal',
      sort: [...chart.stages],
      title: null,
      axis: { labelLimit: 360, grid: false },
    },
    ...(order.length > 1 ? { yOffset: { field: 'series', sort: order } } : {}),
  };
  const most = Math.max(...rows.map(({ high }) => high));
  // A quarter more than the longest whisker: there its label stands.
  const scale = { domain: [0, roundTo(most * 1.28, 3)], nice: false };
  const across = (field: string) => ({
    field,
    type: 'quantitative',
    title: axisTitle(chart.x),
    scale,
    axis: { format: '~%', values: ticks(Math.min(1, most)), labelFlush: false },
  });
  return {
    width: 560,
    height: chart.stages.length * (16 + 17 * order.length),
    data: { values: rows },
    layer: [
      {
        mark: { type: 'bar' },
        encoding: {
          ...place,
          x: across('share'),
          color: {
            field: 'series',
            type: 'nominal',
            title: null,
            scale: { domain: order, range: order.map((_, i) => seriesColour(i)) },
            legend: order.length > 1 ? { symbolOpacity: 1, labelLimit: 260 } : null,
          },
        },
      },
      {
        mark: { type: 'rule', color: ink, strokeWidth: 1.5 },
        encoding: { ...place, x: across('low'), x2: { field: 'high' } },
      },
      {
        mark: { type: 'text', align: 'left', baseline: 'middle', dx: 6, fontSize: 11, color: ink },
        encoding: { ...place, x: across('high'), text: { field: 'label' } },
      },
    ],
  };
}

/** The traces and the part of the layout that are its own. */
export function funnelToPlotly(chart: FunnelChart): {
  readonly data: readonly Readonly<Record<string, unknown>>[];
  readonly layout: Readonly<Record<string, unknown>>;
} {
  return {
    data: chart.series.map(({ name, counts, shares, low, high }, i) => ({
      type: 'bar',
      orientation: 'h',
      name,
      y: [...chart.stages],
      x: roundAll(shares),
      text: chart.stages.map((_, at) => labelOf(counts[at]!, shares[at]!)),
      textposition: 'auto',
      insidetextanchor: 'start',
      marker: { color: seriesColour(i) },
      error_x: {
        type: 'data',
        symmetric: false,
        array: chart.stages.map((_, at) => roundTo(Math.max(0, high[at]! - shares[at]!))),
        arrayminus: chart.stages.map((_, at) => roundTo(Math.max(0, shares[at]! - low[at]!))),
        color: ink,
      },
    })),
    layout: {
      height: 160 + chart.stages.length * (16 + 20 * chart.series.length),
      margin: { l: 70, r: 30, t: chart.note ? 75 : 60, b: 60 },
      barmode: 'group',
      showlegend: chart.series.length > 1,
      xaxis: { title: { text: axisTitle(chart.x) }, tickformat: '.0%', gridcolor: faint, automargin: true },
      yaxis: { type: 'category', autorange: 'reversed', automargin: true },
    },
  };
}
