import { axisTitle, checkChart, countBins, type Axis, type AxisChart, type Chart, type Guide } from './chart';
import { dendrogramToPlotly } from './draw-dendrogram';
import { flowToPlotly } from './draw-flow';
import { funnelToPlotly } from './draw-funnel';
import { linkedToPlotly } from './draw-linked';
import { panelsToPlotly } from './draw-panels';
import { radarToPlotly } from './draw-radar';
import { sankeyToPlotly } from './draw-sankey';
import { silhouetteToPlotly } from './draw-silhouette';
import { faint, fontFamily, heatColours, ink, seriesColour } from './palette';
import { roundAll, roundTo } from './round';

/** Traces and layout as plotly.js reads them, plain JSON: what nodeplotlib and the renderer of JupyterLab take. */
export interface PlotlyFigure {
  readonly data: readonly Readonly<Record<string, unknown>>[];
  readonly layout: Readonly<Record<string, unknown>>;
}

function axis(described: Axis): Record<string, unknown> {
  const log = described.scale === 'log';
  return {
    title: { text: axisTitle(described), font: { size: 14 } },
    automargin: true,
    gridcolor: faint,
    zerolinecolor: faint,
    ...(log ? { type: 'log' } : {}),
    ...(described.range ? { range: described.range.map((v) => (log ? Math.log10(v) : v)) } : {}),
  };
}

/** A guide is a line over the whole width and its name at the right end. */
function guideLines(guides: readonly Guide[], upright: boolean, log: boolean): Record<string, unknown> {
  const place = (y: number) => roundTo(log ? Math.log10(y) : y);
  return {
    shapes: guides.map(({ y }) => ({
      type: 'line',
      line: { color: ink, width: 1.5, dash: 'dash' },
      ...(upright
        ? { xref: 'paper', x0: 0, x1: 1, yref: 'y', y0: roundTo(y), y1: roundTo(y) }
        : { yref: 'paper', y0: 0, y1: 1, xref: 'x', x0: roundTo(y), x1: roundTo(y) }),
    })),
    annotations: guides.map(({ name, y }) => ({
      text: name,
      showarrow: false,
      font: { size: 12, color: ink },
      ...(upright
        ? { xref: 'paper', x: 1, xanchor: 'right', yref: 'y', y: place(y), yanchor: 'bottom' }
        : { yref: 'paper', y: 1, yanchor: 'bottom', xref: 'x', x: place(y), xanchor: 'center' }),
    })),
  };
}

function traces(chart: AxisChart): Record<string, unknown>[] {
  switch (chart.kind) {
    case 'line':
      return chart.series.map(({ name, x, y, spread }, i) => ({
        type: 'scatter',
        mode: y.length <= 60 ? 'lines+markers' : 'lines',
        name,
        x: x ? roundAll(x) : Array.from(y, (_, index) => index + 1),
        y: roundAll(y),
        line: { color: seriesColour(i), width: 2 },
        marker: { size: 5 },
        ...(spread ? { error_y: { type: 'data', array: roundAll(spread), color: seriesColour(i) } } : {}),
      }));
    case 'bar':
      return chart.series.map(({ name, y, spread }, i) => {
        const lengths = chart.horizontal ? 'x' : 'y';
        const names = chart.horizontal ? 'y' : 'x';
        return {
          type: 'bar',
          name,
          orientation: chart.horizontal ? 'h' : 'v',
          [names]: [...chart.names],
          [lengths]: roundAll(y),
          marker: { color: seriesColour(i) },
          ...(spread ? { [`error_${lengths}`]: { type: 'data', array: roundAll(spread), color: ink } } : {}),
        };
      });
    case 'scatter':
      return chart.series.map(({ name, x, y, labels }, i) => ({
        type: 'scattergl',
        mode: 'markers',
        name,
        x: roundAll(x, 4),
        y: roundAll(y, 4),
        ...(labels ? { text: [...labels] } : {}),
        marker: { color: seriesColour(i), size: 6, opacity: 0.75 },
      }));
    case 'histogram': {
      // Counted here, so that the file shows the same bars and the values themselves need not travel.
      const { edges, counts } = countBins(chart);
      const width = edges[1]! - edges[0]!;
      return chart.series.map(({ name }, i) => ({
        type: 'bar',
        name,
        x: roundAll(edges.slice(0, -1).map((edge) => edge + width / 2)),
        y: roundAll(counts[i]!),
        width: roundTo(width),
        marker: { color: seriesColour(i), opacity: chart.series.length > 1 ? 0.6 : 0.9 },
      }));
    }
    case 'heatmap':
      return [
        {
          type: 'heatmap',
          x: [...chart.columns],
          y: [...chart.rows],
          z: chart.values.map((row) => roundAll(row, 4)),
          colorscale: heatColours.map((colour, i) => [i / (heatColours.length - 1), colour]),
          ...(chart.value.range ? { zmin: chart.value.range[0], zmax: chart.value.range[1] } : {}),
          ...(chart.labels ? { text: chart.labels.map((row) => [...row]), texttemplate: '%{text}' } : {}),
          colorbar: { title: { text: axisTitle(chart.value), side: 'right' } },
        },
      ];
  }
}

/** What is drawn, without title and looks. */
function drawn(chart: Chart): PlotlyFigure {
  switch (chart.kind) {
    case 'flow':
      return flowToPlotly(chart);
    case 'sankey':
      return sankeyToPlotly(chart);
    case 'funnel':
      return funnelToPlotly(chart);
    case 'silhouette':
      return silhouetteToPlotly(chart);
    case 'linked':
      return linkedToPlotly(chart);
    case 'panels':
      return panelsToPlotly(chart);
    case 'dendrogram':
      return dendrogramToPlotly(chart);
    case 'radar':
      return radarToPlotly(chart);
    case 'line':
    case 'bar':
    case 'scatter':
    case 'histogram':
    case 'heatmap':
      return onAxes(chart);
  }
}

/**
 * A chart as plotly draws it: the pointer shows values, the legend switches series on and off.
 *
 * @throws RangeError when the chart cannot be drawn (see checkChart)
 */
export function toPlotly(chart: Chart): PlotlyFigure {
  checkChart(chart);
  const note = chart.note ? `<br><span style="font-size:12px;color:#555555">${chart.note}</span>` : '';
  const common = {
    title: { text: `${chart.title}${note}`, font: { size: 17 }, x: 0.02, xanchor: 'left' },
    font: { family: fontFamily, size: 13, color: ink },
    plot_bgcolor: 'white',
    paper_bgcolor: 'white',
  };
  const { data, layout } = drawn(chart);
  return { data, layout: { ...common, ...layout } };
}

function onAxes(chart: AxisChart): PlotlyFigure {
  const lying = chart.kind === 'bar' && chart.horizontal === true;
  const guides = 'guides' in chart && chart.guides ? chart.guides : [];
  const several = chart.kind !== 'heatmap' && chart.series.length > 1;
  const names = { type: 'category', ...(lying || chart.kind === 'heatmap' ? { autorange: 'reversed' } : {}) };
  const x = axis(lying ? chart.y : chart.x);
  const y = axis(lying ? chart.x : chart.y);
  const xaxis = chart.kind === 'heatmap' || (chart.kind === 'bar' && !lying) ? { ...x, type: 'category' } : x;
  const yaxis = chart.kind === 'heatmap' || lying ? { ...y, ...names } : y;
  return {
    data: traces(chart),
    layout: {
      height: 420,
      margin: { l: 70, r: 30, t: chart.note ? 75 : 60, b: 60 },
      showlegend: several,
      xaxis,
      yaxis,
      ...(chart.kind === 'bar'
        ? { barmode: 'group' }
        : chart.kind === 'histogram'
          ? { barmode: 'overlay' }
          : {}),
      ...(guides.length > 0 ? guideLines(guides, !lying, chart.y.scale === 'log') : {}),
    },
  };
}
