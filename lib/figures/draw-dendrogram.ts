import { axisTitle, type DendrogramChart } from './chart';
import { faint, ink, seriesColour } from './palette';
import { roundTo } from './round';

type Bracket = DendrogramChart['brackets'][number];

/** Above the cut. */
const above = '#888888';
const colourOf = (group: number): string => (group < 0 ? above : seriesColour(group));

/** Up, across, down. */
const cornersOf = ({ left, right, leftHeight, rightHeight, height }: Bracket): [x: number, y: number][] =>
  [
    [left, leftHeight],
    [left, height],
    [right, height],
    [right, rightHeight],
  ].map(([x, y]) => [roundTo(x!, 5), roundTo(y!, 5)]);

/** Brackets of one colour, those above the cut (-1) first. */
function byGroup(brackets: readonly Bracket[]): Map<number, Bracket[]> {
  const groupOf = ({ group = -1 }: Bracket): number => group;
  const groups = [...new Set(brackets.map(groupOf))].sort((a, b) => a - b);
  return new Map(groups.map((group) => [group, brackets.filter((bracket) => groupOf(bracket) === group)]));
}

/**
 * The size and the layers of a Vega-Lite drawing.
 *
 * @source Everitt, Landau, Leese & Stahl, "Cluster Analysis", 5th ed., 2011, §4.4.
 */
export function dendrogramToVegaLite({
  y,
  brackets,
  names,
  cut,
}: DendrogramChart): Readonly<Record<string, unknown>> {
  const groups = [...byGroup(brackets).keys()];
  const values = brackets.flatMap((bracket, place) =>
    cornersOf(bracket).map(([at, height], corner) => ({
      at,
      height,
      corner,
      place,
      group: bracket.group ?? -1,
    })),
  );
  const up = { type: 'quantitative', title: axisTitle(y), axis: { tickCount: 6 } };
  const leaves = brackets.length + 1;
  // Numbers stand for the names: two leaves may have one name.
  const nameOf = names && `${JSON.stringify(names)}[round(datum.value)]`;
  return {
    width: 720,
    height: 320,
    layer: [
      {
        data: { values },
        mark: { type: 'line', strokeWidth: leaves > 200 ? 0.8 : 1.4, interpolate: 'linear' },
        encoding: {
          x: {
            field: 'at',
            type: 'quantitative',
            title: null,
            scale: { domain: [-0.5, leaves - 0.5], nice: false, zero: false },
            axis: nameOf
              ? {
                  values: Array.from({ length: leaves }, (_, leaf) => leaf),
                  labelExpr: nameOf,
                  labelAngle: -60,
                  labelAlign: 'right',
                  grid: false,
                  labelOverlap: false,
                }
              : null,
          },
          y: { field: 'height', ...up },
          order: { field: 'corner' },
          detail: { field: 'place' },
          color: {
            field: 'group',
            type: 'nominal',
            scale: { domain: groups, range: groups.map(colourOf) },
            legend: null,
          },
        },
      },
      ...(cut
        ? [
            {
              data: { values: [{ height: roundTo(cut.y), name: cut.name }] },
              mark: { type: 'rule', strokeDash: [6, 4], color: ink },
              encoding: { y: { field: 'height', ...up } },
            },
            {
              data: { values: [{ height: roundTo(cut.y), name: cut.name }] },
              mark: { type: 'text', align: 'right', baseline: 'bottom', dy: -3, fontSize: 12, color: ink },
              encoding: { x: { value: 720 }, y: { field: 'height', ...up }, text: { field: 'name' } },
            },
          ]
        : []),
    ],
  };
}

/** The traces and the part of the layout that are its own. */
export function dendrogramToPlotly({ y, brackets, names, cut, note }: DendrogramChart): {
  readonly data: readonly Readonly<Record<string, unknown>>[];
  readonly layout: Readonly<Record<string, unknown>>;
} {
  const leaves = brackets.length + 1;
  return {
    data: [...byGroup(brackets)].map(([group, own]) => {
      // A gap after each bracket keeps it from being joined with the next one.
      const corners = own.flatMap((bracket) => [...cornersOf(bracket), [null, null] as const]);
      return {
        type: 'scatter',
        mode: 'lines',
        name: group < 0 ? 'above the cut' : `group ${group}`,
        x: corners.map(([at]) => at),
        y: corners.map(([, height]) => height),
        line: { color: colourOf(group), width: leaves > 200 ? 1 : 1.5 },
        hovertemplate: '%{y}',
      };
    }),
    layout: {
      height: 460,
      margin: { l: 70, r: 30, t: note ? 75 : 60, b: 60 },
      showlegend: false,
      xaxis: {
        range: [-0.5, leaves - 0.5],
        showgrid: false,
        zeroline: false,
        automargin: true,
        ...(names
          ? { tickvals: names.map((_, leaf) => leaf), ticktext: [...names], tickangle: -60 }
          : { visible: false }),
      },
      yaxis: { title: { text: axisTitle(y) }, gridcolor: faint, rangemode: 'tozero' },
      ...(cut
        ? {
            shapes: [
              {
                type: 'line',
                line: { color: ink, width: 1.5, dash: 'dash' },
                ...{ xref: 'paper', x0: 0, x1: 1, yref: 'y', y0: roundTo(cut.y), y1: roundTo(cut.y) },
              },
            ],
            annotations: [
              {
                text: cut.name,
                showarrow: false,
                ...{ xref: 'paper', x: 1, xanchor: 'right', yref: 'y', y: roundTo(cut.y), yanchor: 'bottom' },
              },
            ],
          }
        : {}),
    },
  };
}
