import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkChart, type RadarChart } from '../../lib/figures/chart';
import { radarShare } from '../../lib/figures/draw-radar';
import { toPng, toSvg } from '../../lib/figures/save-chart';
import { toPlotly } from '../../lib/figures/to-plotly';
import { toVegaLite } from '../../lib/figures/to-vega-lite';

const radar: RadarChart = {
  kind: 'radar',
  title: 'Two models',
  note: 'outside is better',
  axes: [
    { name: 'NDCG@10', centre: 0, rim: 0.1124 },
    { name: 'coverage', centre: 0, rim: 1, print: (share) => `${Math.round(100 * share)} %` },
    { name: 'Gini index', centre: 1, rim: 0 },
    { name: 'p50 (ms)', centre: 8, rim: 0 },
  ],
  series: [
    { name: 'popularity', values: [0.0449, 0.05, 1, 0] },
    { name: 'trained', values: [0.1124, 0.5, 0.25, 8] },
  ],
};

describe('a radar chart', () => {
  it('is drawn with names, values in the order of the legend, and the scale of each ray', async () => {
    const svg = await toSvg(radar);
    const words = [
      ...['Two models', 'outside is better', 'popularity', 'trained'],
      ...['NDCG@10', '0.0449 | 0.112', 'centre 0, rim 0.112'],
      ...['coverage', '5 % | 50 %', 'centre 0, rim 100 %'],
      ...['Gini index', '1 | 0.25', 'centre 1, rim 0'],
    ];
    for (const word of words) expect(svg).toContain(`>${word}</text>`);
    expect(svg).not.toMatch(/NaN|undefined|Infinity/);
    expect(await toSvg(radar)).toBe(svg);
    expect(toPng(svg, 400).length).toBeGreaterThan(2000);
  });

  it('puts a value in the middle that is as bad as its ray goes, and at the rim one that is as good', () => {
    const layers = toVegaLite(radar)['layer'] as {
      data: { values: Record<string, unknown>[] };
      mark: { type: string };
    }[];
    const points = layers.find(({ mark }) => mark.type === 'circle')!.data.values;
    const of = (name: string) =>
      points.filter(({ series }) => series === name).map(({ x, y }) => [x, y] as [number, number]);
    // The middle is at 370, 205, the rim 150 away: up, right, down, left.
    expect(of('popularity')).toEqual([
      [370, expect.closeTo(205 - (150 * 0.0449) / 0.1124, 2)],
      [377.5, 205],
      [370, 205],
      [220, 205],
    ]);
    expect(of('trained')).toEqual([
      [370, 55],
      [445, 205],
      [370, 317.5],
      [370, 205],
    ]);
  });

  it('gives plotly the same shares, closed, with the values to read', () => {
    const { data, layout } = toPlotly(radar);
    expect(data.map(({ type }) => type)).toEqual(['scatterpolar', 'scatterpolar']);
    expect(data[1]!['r']).toEqual([1, 0.5, 0.75, 0, 1]);
    expect((data[1]!['text'] as string[])[1]).toBe('coverage: 50 %');
    expect((data[0]!['theta'] as string[])[0]).toBe('NDCG@10<br>0.0449 | 0.112<br>centre 0, rim 0.112');
    expect(layout['polar']).toMatchObject({ radialaxis: { range: [0, 1] } });
    expect(JSON.stringify({ data, layout })).not.toContain('null');
  });

  it('takes larger or smaller for better, by the two ends of a ray', () => {
    const ends = fc.tuple(fc.integer({ min: -50, max: 50 }), fc.integer({ min: -50, max: 50 }));
    fc.assert(
      fc.property(ends, fc.double({ min: 0, max: 1, noNaN: true }), ([centre, rim], share) => {
        fc.pre(centre !== rim);
        const axis = { name: 'a', centre, rim };
        expect(radarShare(centre + share * (rim - centre), axis)).toBeCloseTo(share, 10);
        expect(radarShare(centre, axis)).toBeCloseTo(0, 12);
        expect(radarShare(rim, axis)).toBe(1);
      }),
    );
  });

  const [first, ...others] = radar.axes;
  const wrong: [string, Partial<RadarChart>, string][] = [
    ['two rays', { axes: radar.axes.slice(0, 2) }, '2 rays; a radar needs 3 or more'],
    ['no series', { series: [] }, 'there are no series'],
    ['two rays of one name', { axes: [first!, ...others.slice(1), first!] }, 'two rays have one name'],
    ['two series of one name', { series: [radar.series[0]!, radar.series[0]!] }, 'two series have one name'],
    ['a ray without length', { axes: [{ ...first!, rim: 0 }, ...others] }, "'NDCG@10' goes from 0 to 0"],
    ['too few values', { series: [{ name: 'a', values: [1] }] }, "series 'a' has 1 values, expected 4"],
    ['no number', { series: [{ name: 'a', values: [NaN, 0, 0, 0] }] }, 'NaN, not a number to draw'],
    ['a value beyond the rim', { series: [{ name: 'a', values: [0.2, 0, 0, 0] }] }, "0.2 on ray 'NDCG@10'"],
    ['a value before the centre', { series: [{ name: 'a', values: [0, 0, 2, 0] }] }, "2 on ray 'Gini index'"],
  ];
  it.each(wrong)('refuses %s', (_, change, message) => {
    expect(() => checkChart({ ...radar, ...change })).toThrow(message);
    expect(() => checkChart(radar)).not.toThrow();
  });
});
