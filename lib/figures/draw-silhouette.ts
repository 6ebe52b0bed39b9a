import type { SilhouetteChart, Values } from './chart';
import { faint, ink, seriesColour } from './palette';
import { roundTo } from './round';

/** Points of a gap between two groups, as a share of all points. */
const gapShare = 0.025;

/** A group's points from the largest silhouette to the smallest, and where they stand from top to bottom. */
export interface SilhouetteProfile {
  readonly name: string;
  /** Places of the points in their group, best first. */
  readonly order: readonly number[];
  /** Of the first point; the others follow, one below the other. */
  readonly top: number;
  readonly mean: number;
}

/** The profiles of all groups one below the other, and the mean of all points. */
export function silhouetteProfiles(groups: readonly { readonly name: string; readonly values: Values }[]): {
  readonly profiles: readonly SilhouetteProfile[];
  readonly mean: number;
  readonly height: number;
} {
  const all = groups.reduce((sum, { values }) => sum + values.length, 0);
  const gap = Math.max(1, Math.round(gapShare * all));
  const total = (values: Values): number => Array.from(values).reduce((sum, value) => sum + value, 0);
  let top = 0;
  const profiles = groups.map(({ name, values }) => {
    const order = Array.from({ length: values.length }, (_, place) => place);
    order.sort((a, b) => values[b]! - values[a]!);
    const profile = { name, order, top, mean: total(values) / values.length };
    top += values.length + gap;
    return profile;
  });
  const mean = groups.reduce((sum, { values }) => sum + total(values), 0) / all;
  return { profiles, mean, height: top - gap };
}

/** From where to where silhouettes of a chart are drawn: 0 and the mean are always on it. */
export function silhouetteRange(groups: readonly { readonly values: Values }[]): [number, number] {
  const values = groups.flatMap((group) => Array.from(group.values));
  const tenth = (value: number): number => roundTo(Math.round(value * 10) / 10);
  return [
    tenth(Math.floor(Math.min(0, ...values) * 10) / 10),
    tenth(Math.ceil(Math.max(0.1, ...values) * 10) / 10),
  ];
}

/** '.21', '-.05'. */
export const shortShare = (value: number): string => value.toFixed(2).replace(/^(-?)0\./, '$1.');

/** The layers that say where the mean of all is. */
export function meanLine(mean: number, across: (field: string) => object): object[] {
  const data = { values: [{ level: roundTo(mean), name: `mean ${shortShare(mean)}` }] };
  return [
    {
      data,
      mark: { type: 'rule', strokeDash: [6, 4], strokeWidth: 1.5, color: ink },
      encoding: { x: across('level') },
    },
    {
      data,
      mark: { type: 'text', align: 'left', baseline: 'bottom', dx: 3, dy: -4, fontSize: 12, color: ink },
      encoding: { x: across('level'), y: { value: 0 }, text: { field: 'name' } },
    },
  ];
}

/** The size and the layers of a Vega-Lite drawing. */
export function silhouetteToVegaLite({ groups }: SilhouetteChart): Readonly<Record<string, unknown>> {
  const { profiles, mean, height } = silhouetteProfiles(groups);
  const names = groups.map(({ name }) => name);
  const across = (field: string) => ({
    field,
    type: 'quantitative',
    title: 'silhouette',
    scale: { domain: silhouetteRange(groups), nice: false },
    axis: { tickCount: 8, labelFlush: false },
  });
  const down = (field: string) => ({
    field,
    type: 'quantitative',
    axis: null,
    scale: { domain: [0, height], nice: false, zero: false, reverse: true },
  });
  const rows = profiles.flatMap(({ name, order, top }, group) => {
    const values = order.map((place) => roundTo(groups[group]!.values[place]!, 3));
    // One step a point; the last one needs a lower end.
    return [...values, values.at(-1)!].map((value, place) => ({ name, value, at: top + place }));
  });
  const labels = profiles.map(({ name, order, top, mean: own }) => ({
    text: `${name} · ${order.length} · ${shortShare(own)}`,
    at: top + order.length / 2,
  }));
  return {
    width: 480,
    height: Math.max(260, 40 * groups.length),
    layer: [
      {
        data: { values: rows },
        mark: { type: 'area', orient: 'horizontal', interpolate: 'step-after' },
        encoding: {
          x: across('value'),
          x2: { datum: 0 },
          y: down('at'),
          color: {
            field: 'name',
            type: 'nominal',
            scale: { domain: names, range: names.map((_, i) => seriesColour(i)) },
            legend: null,
          },
        },
      },
      {
        data: { values: labels },
        mark: { type: 'text', align: 'right', baseline: 'middle', dx: -8, fontSize: 12, color: ink },
        encoding: { x: { value: 0 }, y: down('at'), text: { field: 'text' } },
      },
      ...meanLine(mean, across),
    ],
  };
}

/** The traces and the part of the layout that are its own. */
export function silhouetteToPlotly({ groups, note }: SilhouetteChart): {
  readonly data: readonly Readonly<Record<string, unknown>>[];
  readonly layout: Readonly<Record<string, unknown>>;
} {
  const { profiles, mean, height } = silhouetteProfiles(groups);
  return {
    data: profiles.map(({ name, order, top, mean: own }, group) => ({
      type: 'bar',
      orientation: 'h',
      name: `${name} · ${order.length} · ${shortShare(own)}`,
      x: order.map((place) => roundTo(groups[group]!.values[place]!, 3)),
      y: order.map((_, place) => top + place),
      marker: { color: seriesColour(group), line: { width: 0 } },
      hovertemplate: '%{x}',
    })),
    layout: {
      height: 420,
      margin: { l: 30, r: 30, t: note ? 75 : 60, b: 60 },
      barmode: 'overlay',
      bargap: 0,
      showlegend: true,
      xaxis: { title: { text: 'silhouette' }, range: silhouetteRange(groups), gridcolor: faint },
      yaxis: { visible: false, range: [height, -1] },
      shapes: [
        {
          type: 'line',
          line: { color: ink, width: 1.5, dash: 'dash' },
          ...{ xref: 'x', x0: roundTo(mean), x1: roundTo(mean), yref: 'paper', y0: 0, y1: 1 },
        },
      ],
      annotations: [
        {
          text: `mean ${shortShare(mean)}`,
          showarrow: false,
          ...{ xref: 'x', x: roundTo(mean), xanchor: 'left', yref: 'paper', y: 1, yanchor: 'bottom' },
        },
      ],
    },
  };
}
