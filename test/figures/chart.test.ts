import { describe, expect, it } from 'vitest';
import { axisTitle, checkChart, countBins, type Chart, type HistogramChart } from '../../lib/figures/chart';

const axes = { title: 't', x: { title: 'x' }, y: { title: 'y' } } as const;

describe('checkChart', () => {
  const refused: [string, Chart, RegExp][] = [
    ['no series', { ...axes, kind: 'line', series: [] }, /no series/],
    ['an empty series', { ...axes, kind: 'line', series: [{ name: 'a', y: [] }] }, /'a' is empty/],
    [
      'NaN',
      { ...axes, kind: 'line', series: [{ name: 'a', y: [1, NaN] }] },
      /value 1 of y of series 'a' is NaN/,
    ],
    [
      'x and y of different length',
      { ...axes, kind: 'scatter', series: [{ name: 'a', x: [1], y: [1, 2] }] },
      /x of series 'a' has 1 values, expected 2/,
    ],
    [
      'a bar too few',
      { ...axes, kind: 'bar', names: ['p', 'q'], series: [{ name: 'a', y: [1] }] },
      /has 1 values, expected 2/,
    ],
    [
      'two series of one name',
      {
        ...axes,
        kind: 'line',
        series: [
          { name: 'a', y: [1] },
          { name: 'a', y: [2] },
        ],
      },
      /one name/,
    ],
    [
      'zero on a log axis',
      { ...axes, kind: 'line', y: { title: 'y', scale: 'log' }, series: [{ name: 'a', y: [0, 1] }] },
      /log axis/,
    ],
    [
      'a short row of a heatmap',
      { ...axes, kind: 'heatmap', rows: ['r'], columns: ['a', 'b'], values: [[1]], value: { title: 'v' } },
      /row 'r' has 1 values, expected 2/,
    ],
    ['a flow without boxes', { kind: 'flow', title: 't', nodes: [], arrows: [] }, /no boxes/],
    [
      'an arrow to nowhere',
      { kind: 'flow', title: 't', nodes: [{ name: 'a', group: 'g' }], arrows: [{ from: 0, to: 1 }] },
      /from box 0 to box 1/,
    ],
  ];
  it.each(refused)('refuses %s', (_, chart, text) => {
    expect(() => checkChart(chart)).toThrow(text);
  });

  it('takes typed arrays', () => {
    const chart: Chart = { ...axes, kind: 'line', series: [{ name: 'a', y: Float32Array.of(1, 2) }] };
    expect(() => checkChart(chart)).not.toThrow();
  });
});

describe('countBins', () => {
  const histogram = (more: Partial<HistogramChart>): HistogramChart => ({
    ...axes,
    kind: 'histogram',
    series: [{ name: 'a', x: [0, 1, 2, 3, 4] }],
    ...more,
  });

  it('puts the largest value into the last interval', () => {
    expect(countBins(histogram({ bins: 2 }))).toEqual({ edges: [0, 2, 4], counts: [[2, 3]] });
  });

  it('uses the same intervals for all series, and shares of each', () => {
    const series = [
      { name: 'a', x: [0, 1, 2, 4] },
      { name: 'b', x: [4] },
    ];
    expect(countBins(histogram({ bins: 2, share: true, series })).counts).toEqual([
      [0.5, 0.5],
      [0, 1],
    ]);
  });

  it('leaves out what lies outside of the range asked for', () => {
    expect(countBins(histogram({ bins: 1, x: { title: 'x', range: [1, 2] } })).counts).toEqual([[2]]);
  });

  it('shows a single value as one bar', () => {
    expect(countBins(histogram({ bins: 1, series: [{ name: 'a', x: [3, 3] }] }))).toEqual({
      edges: [2.5, 3.5],
      counts: [[2]],
    });
  });
});

it('writes the unit after the title', () => {
  expect(axisTitle({ title: 'gap', unit: 's' })).toBe('gap (s)');
});
