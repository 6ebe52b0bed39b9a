import type { FlowChart } from './chart';
import { layeredLayout, type LayeredLayout, type Point } from './layered-layout';
import { ink, seriesColour } from './palette';

const boxHeight = 26;
const layerHeight = 52;
const fontSize = 12;
/** Letters differ in width; this is about that of a wide one in the fonts at hand. */
const letterWidth = 7.6;
const grey = '#777777';
/** An arrow's head that points down, its tip at the origin. */
const head = 'M0,0L-.35,-1L.35,-1Z';

const boxWidth = (name: string): number => 2 * Math.round((name.length * letterWidth) / 2 + 9);

/** In whole pixels: nobody sees the rest, and in a file it is most of the text. */
function layoutOf({ nodes, arrows }: FlowChart): LayeredLayout {
  const widths = nodes.map(({ name }) => boxWidth(name));
  const { width, height, centres, paths } = layeredLayout(arrows, { widths, boxHeight, layerHeight });
  const whole = ({ x, y }: Point): Point => ({ x: Math.round(x), y: Math.round(y) });
  return {
    width: Math.ceil(width),
    height,
    centres: centres.map(whole),
    paths: paths.map((path) => path.map(whole)),
  };
}

const groupsOf = ({ nodes }: FlowChart): string[] => [...new Set(nodes.map(({ group }) => group))];

/** How far an arrow's last piece is turned from pointing straight down, in degrees clockwise. */
function turn(path: readonly Point[]): number {
  const [before, end] = path.slice(-2) as [Point, Point];
  return Math.round((Math.atan2(before.x - end.x, end.y - before.y) * 180) / Math.PI);
}

/** The size and the layers of a Vega-Lite drawing. */
export function flowToVegaLite(chart: FlowChart): Readonly<Record<string, unknown>> {
  const { width, height, centres, paths } = layoutOf(chart);
  const groups = groupsOf(chart);
  const across = (field: string) => ({
    field,
    type: 'quantitative',
    axis: null,
    scale: { domain: [0, width], nice: false, zero: false },
  });
  const down = (field: string) => ({
    field,
    type: 'quantitative',
    axis: null,
    scale: { domain: [0, height], nice: false, zero: false, reverse: true },
  });
  const colour = {
    field: 'group',
    type: 'nominal',
    title: null,
    scale: { domain: groups, range: groups.map((_, i) => seriesColour(i)) },
    legend: groups.length > 1 ? { labelLimit: 260 } : null,
  };
  const boxes = chart.nodes.map(({ name, group }, i) => {
    const { x, y } = centres[i]!;
    const half = boxWidth(name) / 2;
    const [left, right] = [x - half, x + half];
    return { name, group, x: x, y, left, right, top: y - boxHeight / 2, bottom: y + boxHeight / 2 };
  });
  const pieces = paths.flatMap((path) =>
    path.slice(1).map(({ x, y }, i) => ({ fromX: path[i]!.x, fromY: path[i]!.y, x, y })),
  );
  const heads = paths.map((path) => ({ x: path.at(-1)!.x, y: path.at(-1)!.y, turn: turn(path) }));
  return {
    width,
    height,
    layer: [
      {
        data: { values: pieces },
        mark: { type: 'rule', strokeWidth: 1.2, color: grey },
        encoding: { x: across('fromX'), x2: { field: 'x' }, y: down('fromY'), y2: { field: 'y' } },
      },
      ...(heads.length === 0
        ? []
        : [
            {
              data: { values: heads },
              mark: { type: 'point', shape: head, filled: true, size: 260, color: grey, opacity: 1 },
              encoding: {
                x: across('x'),
                y: down('y'),
                angle: { field: 'turn', type: 'quantitative', scale: null },
              },
            },
          ]),
      {
        data: { values: boxes },
        mark: { type: 'rect', cornerRadius: 6, fillOpacity: 0.2, strokeWidth: 1.5 },
        encoding: {
          x: across('left'),
          x2: { field: 'right' },
          y: down('top'),
          y2: { field: 'bottom' },
          fill: colour,
          stroke: colour,
        },
      },
      {
        data: { values: boxes },
        mark: { type: 'text', fontSize, color: ink, baseline: 'middle' },
        encoding: { x: across('x'), y: down('y'), text: { field: 'name' } },
      },
    ],
  };
}

/** The traces and the part of the layout that are its own; the pointer shows what a box reads. */
export function flowToPlotly(chart: FlowChart): {
  readonly data: readonly Readonly<Record<string, unknown>>[];
  readonly layout: Readonly<Record<string, unknown>>;
} {
  const { width, height, centres, paths } = layoutOf(chart);
  const readBy = (node: number): string => {
    const read = chart.arrows.filter(({ to }) => to === node).map(({ from }) => chart.nodes[from]!.name);
    return read.length === 0 ? 'reads nothing' : `reads ${read.join(', ')}`;
  };
  const groups = groupsOf(chart);
  const lines = {
    type: 'scatter',
    mode: 'lines',
    showlegend: false,
    hoverinfo: 'skip',
    line: { color: grey, width: 1.2 },
    x: paths.flatMap((path) => [...path.map(({ x }) => x), null]),
    y: paths.flatMap((path) => [...path.map(({ y }) => y), null]),
  };
  const boxes = groups.map((group, i) => {
    const members = chart.nodes.flatMap((node, index) => (node.group === group ? [index] : []));
    return {
      type: 'scatter',
      mode: 'markers',
      name: group,
      x: members.map((index) => centres[index]!.x),
      y: members.map((index) => centres[index]!.y),
      text: members.map((index) => `${chart.nodes[index]!.name}<br>${readBy(index)}`),
      hoverinfo: 'text',
      marker: { symbol: 'square', size: 14, color: seriesColour(i) },
    };
  });
  const labels = chart.nodes.map(({ name, group }, index) => ({
    x: centres[index]!.x,
    y: centres[index]!.y,
    text: name,
    showarrow: false,
    font: { size: fontSize, color: ink },
    bgcolor: 'white',
    bordercolor: seriesColour(groups.indexOf(group)),
    borderwidth: 1.5,
    borderpad: 4,
  }));
  const heads = paths.map((path) => {
    const [before, end] = path.slice(-2) as [Point, Point];
    return {
      ...{ x: end.x, y: end.y, ax: before.x, ay: before.y },
      ...{ xref: 'x', yref: 'y', axref: 'x', ayref: 'y', text: '' },
      ...{ showarrow: true, arrowhead: 2, arrowsize: 1, arrowwidth: 1.2, arrowcolor: grey },
    };
  });
  const axis = { visible: false, fixedrange: true };
  return {
    data: [...(paths.length > 0 ? [lines] : []), ...boxes],
    layout: {
      height: height + 130,
      margin: { l: 30, r: 30, t: chart.note ? 75 : 60, b: 30 },
      showlegend: groups.length > 1,
      xaxis: { ...axis, range: [-10, width + 10] },
      yaxis: { ...axis, range: [height + 5, -5] },
      annotations: [...heads, ...labels],
    },
  };
}
