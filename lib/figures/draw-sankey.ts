import type { SankeyChart } from './chart';
import { ink, seriesColour } from './palette';
import { roundTo } from './round';
import { sankeyLayout, type SankeyBand, type SankeyBox, type SankeyLayout } from './sankey-layout';

const boxWidth = 14;
const fontSize = 12;
/** A band that is narrower has no number: it would meet that of the next. */
const leastWithNumber = 13;
/** Room for the titles of layers. */
const head = 26;
const besides = 6;

function layoutOf(chart: SankeyChart): SankeyLayout {
  const layerWidth = Math.max(130, Math.min(260, 620 / (chart.layers.length - 1)));
  return sankeyLayout(chart, { boxWidth, layerWidth, bandsHeight: 280, gap: 18 });
}

/** Thousands apart: 12,345. */
const written = (count: number): string => String(roundTo(count, 6)).replaceAll(/\B(?=(\d{3})+$)/g, ',');

/** One colour a name, in order of first appearance. */
function coloursOf({ layers }: SankeyChart): ReadonlyMap<string, string> {
  const names = [...new Set(layers.flatMap((layer) => layer.names))];
  return new Map(names.map((name, place) => [name, seriesColour(place)]));
}

/** The upper edge of a band on its way, as a curve that starts and ends level. */
function edges({ topFrom, topTo, width }: SankeyBand, from: SankeyBox, to: SankeyBox) {
  const [left, right] = [from.x + boxWidth, to.x];
  const steps = Math.abs(topTo - topFrom) < 0.5 ? 1 : 8;
  return Array.from({ length: steps + 1 }, (_, step) => {
    const t = step / steps;
    const top = topFrom + (topTo - topFrom) * t * t * (3 - 2 * t);
    const one = (value: number): number => Number(value.toFixed(1));
    return { x: one(left + (right - left) * t), top: one(top), bottom: one(top + width) };
  });
}

/** The size and the layers of a Vega-Lite drawing. */
export function sankeyToVegaLite(chart: SankeyChart): Readonly<Record<string, unknown>> {
  const { boxes, bands, width, height } = layoutOf(chart);
  const colours = coloursOf(chart);
  const last = chart.layers.length - 1;
  const axis = (domain: readonly number[], more: object = {}) => ({
    type: 'quantitative',
    axis: null,
    scale: { domain, nice: false, zero: false, ...more },
  });
  const across = (field: string) => ({ field, ...axis([0, width]) });
  const down = (field: string) => ({ field, ...axis([-head, height], { reverse: true }) });
  const colour = {
    field: 'name',
    type: 'nominal',
    scale: { domain: [...colours.keys()], range: [...colours.values()] },
    legend: null,
  };
  const bandRows = bands.flatMap((band, place) =>
    edges(band, boxes[band.from]!, boxes[band.to]!).map((edge) => ({
      ...edge,
      band: place,
      name: boxes[band.from]!.name,
    })),
  );
  const boxRows = boxes.map(({ name, x, top, bottom }) => ({
    name,
    left: x,
    right: x + boxWidth,
    top,
    bottom,
  }));
  // Beside the outer layers there is room; between layers a name stands on the bands that leave.
  const labels = boxes.map(({ layer, name, count, x, top, bottom }) => ({
    text: `${name} · ${written(count)}`,
    x: layer === 0 ? x - besides : x + boxWidth + besides,
    y: (top + bottom) / 2,
    align: layer === 0 ? 'right' : 'left',
    layer,
  }));
  const numbers = bands
    .filter((band) => band.width >= leastWithNumber)
    .map((band) => ({
      text: written(band.count),
      x: boxes[band.to]!.x - besides,
      y: band.topTo + band.width / 2,
      align: 'right',
      layer: boxes[band.to]!.layer,
    }));
  const titles = chart.layers.map(({ title }, layer) => ({
    text: title,
    x: boxes.find((box) => box.layer === layer)?.x ?? 0,
    y: -head + 4,
    align: layer === 0 ? 'left' : layer === last ? 'right' : 'center',
    layer,
  }));
  const words = (rows: readonly { readonly align: string }[], mark: object): object[] =>
    [...new Set(rows.map(({ align }) => align))].map((align) => ({
      data: { values: rows.filter((row) => row.align === align) },
      mark: { type: 'text', fontSize, baseline: 'middle', align, ...mark },
      encoding: { x: across('x'), y: down('y'), text: { field: 'text' } },
    }));
  const halo = { stroke: 'white', strokeWidth: 3.5, strokeJoin: 'round', opacity: 0.85, color: 'white' };
  return {
    width,
    height: height + head,
    layer: [
      ...(bandRows.length === 0
        ? []
        : [
            {
              data: { values: bandRows },
              mark: {
                type: 'area',
                fillOpacity: 0.42,
                strokeWidth: 0.5,
                strokeOpacity: 0.7,
              },
              encoding: {
                x: across('x'),
                y: down('top'),
                y2: { field: 'bottom' },
                detail: { field: 'band' },
                fill: colour,
                stroke: colour,
              },
            },
          ]),
      {
        data: { values: boxRows },
        mark: { type: 'rect', stroke: ink, strokeWidth: 0.6 },
        encoding: {
          x: across('left'),
          x2: { field: 'right' },
          y: down('top'),
          y2: { field: 'bottom' },
          fill: colour,
        },
      },
      ...words([...labels, ...numbers], halo),
      ...words(labels, { color: ink }),
      ...words(numbers, { color: '#444444', fontSize: 11 }),
      ...words(titles, { color: ink, fontWeight: 'bold' }),
    ],
  };
}

/** The traces and the part of the layout that are its own; the pointer shows where a band goes. */
export function sankeyToPlotly(chart: SankeyChart): {
  readonly data: readonly Readonly<Record<string, unknown>>[];
  readonly layout: Readonly<Record<string, unknown>>;
} {
  const { boxes, bands, width, height } = layoutOf(chart);
  const colours = coloursOf(chart);
  const clear = (name: string): string => `${colours.get(name)!}6B`; // 42 % as in the drawing
  return {
    data: [
      {
        type: 'sankey',
        arrangement: 'snap',
        valuesuffix: ` ${chart.unit}`,
        node: {
          label: boxes.map(({ name, count }) => `${name} · ${written(count)}`),
          color: boxes.map(({ name }) => colours.get(name)!),
          // Plotly wants the middle of a box, and takes 0 for "not said".
          x: boxes.map(({ x }) => roundTo(Math.min(0.999, Math.max(0.001, x / (width - boxWidth))), 4)),
          y: boxes.map(({ top, bottom }) =>
            roundTo(Math.min(0.999, Math.max(0.001, (top + bottom) / 2 / height)), 4),
          ),
          pad: 18,
          thickness: boxWidth,
          line: { color: ink, width: 0.6 },
        },
        link: {
          source: bands.map(({ from }) => from),
          target: bands.map(({ to }) => to),
          value: bands.map(({ count }) => roundTo(count)),
          color: bands.map(({ from }) => clear(boxes[from]!.name)),
        },
      },
    ],
    layout: {
      height: 460,
      margin: { l: 30, r: 30, t: chart.note ? 105 : 90, b: 30 },
      annotations: chart.layers.map(({ title }, layer) => ({
        text: `<b>${title}</b>`,
        showarrow: false,
        xref: 'paper',
        yref: 'paper',
        x: layer / (chart.layers.length - 1),
        xanchor: layer === 0 ? 'left' : layer === chart.layers.length - 1 ? 'right' : 'center',
        y: 1.02,
        yanchor: 'bottom',
      })),
    },
  };
}
