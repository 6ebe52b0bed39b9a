import type { PanelsChart, Values } from './chart';
import { faint, ink, seriesColour } from './palette';
import { roundAll, roundTo } from './round';

/** Of one panel, in pixels. */
const side = 118;
const radius = 1.7;

/** Noise is pale. */
const colourOf = (group: number): string => (group < 0 ? '#BBBBBB' : seriesColour(group));
const numbersOf = (groups: Values): number[] => [...new Set(Array.from(groups))].sort((a, b) => a - b);

/**
 * The facets of a Vega-Lite drawing.
 *
 * @source Tufte, "Envisioning Information", 1990, chapter 4 (small multiples).
 */
export function panelsToVegaLite({ rows, columns, panels }: PanelsChart): Readonly<Record<string, unknown>> {
  const all = panels.flatMap((own) => own.flatMap(({ groups }) => numbersOf(groups)));
  const numbers = [...new Set(all)].sort((a, b) => a - b);
  const values = panels.flatMap((own, row) =>
    own.flatMap(({ x, y, groups, text }, column) =>
      Array.from(groups, (group, point) => ({
        row: rows[row]!,
        column: columns[column]!,
        x: roundTo(x[point]!, 4),
        y: roundTo(y[point]!, 4),
        group,
        ...(point === 0 && text !== undefined ? { text } : {}),
      })),
    ),
  );
  const header = { title: null, labelFontSize: 12, labelColor: ink, labelLimit: 200 };
  const place = (field: 'x' | 'y') => ({
    field,
    type: 'quantitative',
    axis: null,
    scale: { zero: false, padding: 9, nice: false },
  });
  return {
    data: { values },
    facet: {
      row: {
        field: 'row',
        type: 'nominal',
        sort: [...rows],
        header: { ...header, labelAngle: 0, labelAlign: 'left' },
      },
      column: { field: 'column', type: 'nominal', sort: [...columns], header },
    },
    spacing: 8,
    spec: {
      width: side,
      height: side,
      view: { stroke: faint },
      layer: [
        {
          mark: { type: 'circle', size: Math.PI * radius ** 2, opacity: 1 },
          encoding: {
            x: place('x'),
            y: place('y'),
            color: {
              field: 'group',
              type: 'nominal',
              scale: { domain: numbers, range: numbers.map(colourOf) },
              legend: null,
            },
          },
        },
        {
          transform: [{ filter: 'isValid(datum.text)' }],
          mark: { type: 'text', align: 'right', baseline: 'bottom', fontSize: 11, color: ink },
          encoding: { x: { value: side - 3 }, y: { value: side - 2 }, text: { field: 'text' } },
        },
      ],
    },
    resolve: { scale: { x: 'independent', y: 'independent' } },
  };
}

/** The traces and the part of the layout that are its own. */
export function panelsToPlotly({ rows, columns, panels, note }: PanelsChart): {
  readonly data: readonly Readonly<Record<string, unknown>>[];
  readonly layout: Readonly<Record<string, unknown>>;
} {
  const axes: Record<string, unknown> = {};
  const texts: Record<string, unknown>[] = [];
  const data = panels.flatMap((own, row) =>
    own.flatMap(({ x, y, groups, text }, column) => {
      const number = row * columns.length + column + 1;
      const id = number === 1 ? '' : String(number);
      const [width, height] = [1 / columns.length, 1 / rows.length];
      const axis = {
        visible: true,
        showticklabels: false,
        ticks: '',
        showgrid: false,
        zeroline: false,
        mirror: true,
        linecolor: faint,
      };
      axes[`xaxis${id}`] = {
        ...axis,
        anchor: `y${id}`,
        domain: [column * width, (column + 0.94) * width].map((at) => roundTo(at, 4)),
      };
      axes[`yaxis${id}`] = {
        ...axis,
        anchor: `x${id}`,
        domain: [1 - (row + 0.94) * height, 1 - row * height].map((at) => roundTo(at, 4)),
      };
      const inPanel = { xref: `x${id} domain`, yref: `y${id} domain`, showarrow: false };
      if (text !== undefined)
        texts.push({ ...inPanel, text, x: 1, xanchor: 'right', y: 0, yanchor: 'bottom' });
      if (row === 0)
        texts.push({
          ...inPanel,
          text: columns[column]!,
          x: 0.5,
          xanchor: 'center',
          y: 1,
          yanchor: 'bottom',
        });
      if (column === 0)
        texts.push({ ...inPanel, text: rows[row]!, x: 0, xanchor: 'right', y: 0.5, yanchor: 'middle' });
      return numbersOf(groups).map((group) => {
        const points = Array.from(groups, (_, point) => point).filter((point) => groups[point] === group);
        return {
          type: 'scatter',
          mode: 'markers',
          name: group < 0 ? 'noise' : `group ${group}`,
          x: roundAll(
            points.map((point) => x[point]!),
            3,
          ),
          y: roundAll(
            points.map((point) => y[point]!),
            3,
          ),
          xaxis: `x${id}`,
          yaxis: `y${id}`,
          marker: { color: colourOf(group), size: 2 * radius + 1 },
          hovertemplate: '%{x}, %{y}',
        };
      });
    }),
  );
  return {
    data,
    layout: {
      height: 120 + rows.length * 130,
      margin: { l: 110, r: 20, t: note ? 95 : 80, b: 20 },
      showlegend: false,
      annotations: texts,
      ...axes,
    },
  };
}
