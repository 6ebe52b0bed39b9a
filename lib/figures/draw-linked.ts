import { axisTitle, type LinkedChart } from './chart';
import { meanLine, shortShare, silhouetteProfiles, silhouetteRange } from './draw-silhouette';
import { faint, ink, seriesColour } from './palette';
import { roundTo } from './round';

const side = 360;

/** One row a point: its place in the plane, its silhouette, and where it stands among those of its group. */
function rowsOf(groups: LinkedChart['groups']) {
  const { profiles } = silhouetteProfiles(groups);
  return profiles.flatMap(({ name, order, top }, group) =>
    order.map((point, place) => {
      const { x, y, values, labels } = groups[group]!;
      return {
        group: name,
        x: roundTo(x[point]!, 4),
        y: roundTo(y[point]!, 4),
        s: roundTo(values[point]!, 3),
        at: top + place,
        ...(labels ? { label: labels[point]! } : {}),
      };
    }),
  );
}

/**
 * The two views and what links them: a frame in the plane (`frame`) or among the silhouettes (`range`), and a click on a silhouette
 * (`clicked`) or on the legend (`named`), which takes its whole group. Points that all of these hold stay, the others turn pale, in both views.
 */
export function linkedToVegaLite({ groups, x, y }: LinkedChart): Readonly<Record<string, unknown>> {
  const { profiles, mean, height } = silhouetteProfiles(groups);
  const rows = rowsOf(groups);
  const names = groups.map(({ name }) => name);
  const labelled = groups.some(({ labels }) => labels !== undefined);
  const tooltip = [
    ...(labelled ? [{ field: 'label', title: 'user' }] : []),
    { field: 'group', title: 'group' },
    { field: 's', title: 'silhouette' },
  ];
  const colour = {
    field: 'group',
    type: 'nominal',
    title: null,
    scale: { domain: names, range: names.map((_, i) => seriesColour(i)) },
    legend: { orient: 'bottom', columns: 3, symbolOpacity: 1, symbolType: 'circle', labelLimit: 260 },
  };
  const chosen = { and: [{ param: 'frame' }, { param: 'range' }, { param: 'clicked' }, { param: 'named' }] };
  const opacity = (shown: number) => ({ condition: { test: chosen, value: shown }, value: 0.07 });
  const onPlane = (field: 'x' | 'y', title: string) => ({
    field,
    type: 'quantitative',
    title,
    scale: { zero: false },
    axis: { tickCount: 6 },
  });
  const across = (field: string) => ({
    field,
    type: 'quantitative',
    title: 'silhouette',
    scale: { domain: silhouetteRange(groups), nice: false },
    axis: { tickCount: 6, labelFlush: false },
  });
  const down = (field: string) => ({
    field,
    type: 'quantitative',
    axis: null,
    scale: { domain: [0, height], nice: false, zero: false, reverse: true },
  });
  const means = profiles.map(({ order, top, mean: own }) => ({
    text: `${order.length} · ${shortShare(own)}`,
    at: top + order.length / 2,
  }));
  return {
    data: { values: rows },
    spacing: 70,
    hconcat: [
      {
        width: side,
        height: side,
        params: [
          { name: 'frame', select: { type: 'interval', encodings: ['x', 'y'] } },
          { name: 'named', select: { type: 'point', fields: ['group'] }, bind: 'legend' },
        ],
        mark: { type: 'circle', size: rows.length > 300 ? 18 : 36 },
        encoding: {
          x: onPlane('x', axisTitle(x)),
          y: onPlane('y', axisTitle(y)),
          color: colour,
          opacity: opacity(0.8),
          tooltip,
        },
      },
      {
        width: 300,
        height: side,
        layer: [
          {
            params: [
              { name: 'range', select: { type: 'interval', encodings: ['y'] } },
              { name: 'clicked', select: { type: 'point', fields: ['group'] } },
            ],
            // More than a row high: between rows that only touch, the ground shines through.
            transform: [{ calculate: 'datum.at + 1.4', as: 'below' }],
            mark: { type: 'rect' },
            encoding: {
              x: across('s'),
              x2: { datum: 0 },
              y: down('at'),
              y2: { field: 'below' },
              color: colour,
              opacity: opacity(1),
              tooltip,
            },
          },
          {
            data: { values: means },
            mark: { type: 'text', align: 'right', baseline: 'middle', dx: -4, fontSize: 12, color: ink },
            encoding: { x: { value: 0 }, y: down('at'), text: { field: 'text' } },
          },
          ...meanLine(mean, across),
        ],
      },
    ],
  };
}

/** For a browser without JupyterLab: both views in one figure; the legend switches a group on and off in both. */
export function linkedToPlotly({ groups, x, y, note }: LinkedChart): {
  readonly data: readonly Readonly<Record<string, unknown>>[];
  readonly layout: Readonly<Record<string, unknown>>;
} {
  const { profiles, mean, height } = silhouetteProfiles(groups);
  const rows = rowsOf(groups);
  const axis = { gridcolor: faint, zerolinecolor: faint, automargin: true };
  return {
    data: profiles.flatMap(({ name, order, mean: own }, group) => {
      const points = rows.filter((row) => row.group === name);
      const shared = { legendgroup: name, name: `${name} · ${order.length} · ${shortShare(own)}` };
      return [
        {
          ...shared,
          type: 'scattergl',
          mode: 'markers',
          x: points.map((point) => point.x),
          y: points.map((point) => point.y),
          ...(points[0]!.label === undefined ? {} : { text: points.map((point) => point.label!) }),
          marker: { color: seriesColour(group), size: 6, opacity: 0.75 },
        },
        {
          ...shared,
          type: 'bar',
          orientation: 'h',
          showlegend: false,
          xaxis: 'x2',
          yaxis: 'y2',
          x: points.map(({ s }) => s),
          y: points.map(({ at }) => at),
          marker: { color: seriesColour(group), line: { width: 0 } },
        },
      ];
    }),
    layout: {
      height: 480,
      margin: { l: 70, r: 30, t: note ? 75 : 60, b: 60 },
      bargap: 0,
      xaxis: { ...axis, domain: [0, 0.55], title: { text: axisTitle(x) } },
      yaxis: { ...axis, title: { text: axisTitle(y) } },
      xaxis2: {
        ...axis,
        domain: [0.63, 1],
        anchor: 'y2',
        title: { text: 'silhouette' },
        range: silhouetteRange(groups),
      },
      yaxis2: { visible: false, anchor: 'x2', range: [height, -1] },
      shapes: [
        {
          type: 'line',
          line: { color: ink, width: 1.5, dash: 'dash' },
          ...{ xref: 'x2', x0: roundTo(mean), x1: roundTo(mean), yref: 'paper', y0: 0, y1: 1 },
        },
      ],
    },
  };
}
