import type { RadarChart } from './chart';
import { faint, fontFamily, ink, seriesColour } from './palette';
import { roundAll, roundTo } from './round';

/** Pixels: of the circle, and of the room beside it for words. */
const radius = 150;
const centre = { x: 370, y: 205 } as const;
const size = { width: 740, height: 410 } as const;
const rings = [0.25, 0.5, 0.75, 1] as const;
const lineHeight = 15;

interface Place {
  readonly x: number;
  readonly y: number;
}

/** On ray `ray` of `rays`, the first one upwards, clockwise; 0 is the centre, 1 the rim. */
function placeOf(ray: number, rays: number, share: number): Place {
  const angle = (2 * Math.PI * ray) / rays;
  return {
    x: roundTo(centre.x + radius * share * Math.sin(angle)),
    y: roundTo(centre.y - radius * share * Math.cos(angle)),
  };
}

/** Where a value stands between the centre of its ray and the rim, 0 to 1, whichever of the two is the larger number. */
export function radarShare(value: number, { centre: from, rim }: RadarChart['axes'][number]): number {
  return (value - from) / (rim - from);
}

const numberOf = (value: number): string => String(roundTo(value, 3));

/** What stands beside a ray: its name, what each outline has there in the order of the legend, and its scale. */
function wordsOf({ axes, series }: RadarChart, ray: number): string[] {
  const axis = axes[ray]!;
  const print = axis.print ?? numberOf;
  const end = (value: number): string => (value === 0 ? '0' : print(value));
  return [
    axis.name,
    series.map(({ values }) => print(values[ray]!)).join(' | '),
    `centre ${end(axis.centre)}, rim ${end(axis.rim)}`,
  ];
}

/**
 * The size and the layers of a Vega-Lite drawing.
 *
 * @source Chambers, Cleveland, Kleiner & Tukey, "Graphical Methods for Data Analysis", 1983, section 5.3 (star plots); Feldman, "Filled
 *   Radar Charts Should not be Used to Compare Social Indicators", Social Indicators Research 111(3), 2013 (why outlines are not filled).
 */
export function radarToVegaLite(chart: RadarChart): Readonly<Record<string, unknown>> {
  const { axes, series } = chart;
  const rays = axes.map((_, ray) => ray);
  const closed = [...rays, 0];
  const at = (ray: number, share: number): Place => placeOf(ray, rays.length, share);
  const across = (field: string, length: number, reverse: boolean) => ({
    field,
    type: 'quantitative',
    axis: null,
    scale: { domain: [0, length], nice: false, zero: false, reverse },
  });
  const place = { x: across('x', size.width, false), y: across('y', size.height, true) };
  const names = series.map(({ name }) => name);
  const colour = {
    field: 'series',
    type: 'nominal',
    title: null,
    scale: { domain: names, range: names.map((_, i) => seriesColour(i)) },
    legend: { orient: 'bottom', direction: 'horizontal', labelLimit: 260, symbolType: 'stroke', columns: 4 },
  };
  const outlines = series.flatMap(({ name, values }) =>
    closed.map((ray, order) => ({
      series: name,
      order,
      ...at(ray, radarShare(values[ray]!, axes[ray]!)),
    })),
  );
  const words = rays.flatMap((ray) => {
    const rim = at(ray, 1.08);
    const lines = wordsOf(chart, ray);
    const side = Math.abs(rim.x - centre.x) < 1 ? 'center' : rim.x > centre.x ? 'left' : 'right';
    // Above the circle words grow upwards, below it downwards, beside it both ways.
    const grow = (centre.y - rim.y) / radius;
    const first = rim.y - ((lines.length - 1) * lineHeight * (1 + grow)) / 2;
    return lines.map((text, line) => ({
      text,
      line,
      side,
      x: rim.x,
      y: roundTo(first + line * lineHeight),
    }));
  });
  const wordLayers = (['left', 'center', 'right'] as const).flatMap((side) =>
    [0, 1, 2].flatMap((line) => {
      const values = words.filter((word) => word.side === side && word.line === line);
      if (values.length === 0) return [];
      const look = {
        fontSize: line === 2 ? 11 : 12,
        fontWeight: line === 0 ? 'bold' : 'normal',
        color: line === 2 ? '#666666' : ink,
      };
      return [
        {
          data: { values },
          mark: { type: 'text', align: side, baseline: 'middle', ...look },
          encoding: { ...place, text: { field: 'text' } },
        },
      ];
    }),
  );
  return {
    ...size,
    layer: [
      {
        data: {
          values: rings.flatMap((ring) => closed.map((ray, order) => ({ ring, order, ...at(ray, ring) }))),
        },
        mark: { type: 'line', color: faint, strokeWidth: 1 },
        encoding: { ...place, detail: { field: 'ring' }, order: { field: 'order' } },
      },
      {
        data: { values: rays.map((ray) => ({ ...at(ray, 1), fromX: centre.x, fromY: centre.y })) },
        mark: { type: 'rule', color: faint },
        encoding: { ...place, x2: { field: 'fromX' }, y2: { field: 'fromY' } },
      },
      {
        data: { values: outlines },
        mark: { type: 'line', strokeWidth: 2.2 },
        encoding: { ...place, color: colour, order: { field: 'order' } },
      },
      {
        data: { values: outlines.filter(({ order }) => order < rays.length) },
        mark: { type: 'circle', size: 34, opacity: 1 },
        encoding: { ...place, color: colour },
      },
      ...wordLayers,
    ],
  };
}

/** The traces and the part of the layout that are its own. */
export function radarToPlotly(chart: RadarChart): {
  readonly data: readonly Readonly<Record<string, unknown>>[];
  readonly layout: Readonly<Record<string, unknown>>;
} {
  const { axes, series, note } = chart;
  const closed = [...axes.keys(), 0];
  const names = axes.map((_, ray) => wordsOf(chart, ray).join('<br>'));
  return {
    data: series.map(({ name, values }, i) => ({
      type: 'scatterpolar',
      mode: 'lines+markers',
      name,
      r: roundAll(
        closed.map((ray) => radarShare(values[ray]!, axes[ray]!)),
        4,
      ),
      theta: closed.map((ray) => names[ray]!),
      text: closed.map((ray) => `${axes[ray]!.name}: ${(axes[ray]!.print ?? numberOf)(values[ray]!)}`),
      hovertemplate: '%{text}',
      line: { color: seriesColour(i), width: 2 },
      marker: { color: seriesColour(i), size: 6 },
    })),
    layout: {
      height: 560,
      margin: { l: 110, r: 110, t: note ? 130 : 110, b: 90 },
      showlegend: true,
      legend: { orientation: 'h', y: -0.18 },
      polar: {
        bgcolor: 'white',
        radialaxis: { range: [0, 1], tickvals: [...rings], showticklabels: false, gridcolor: faint },
        angularaxis: {
          direction: 'clockwise',
          rotation: 90,
          gridcolor: faint,
          tickfont: { size: 11, family: fontFamily },
        },
      },
    },
  };
}
