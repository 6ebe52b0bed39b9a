import fc from 'fast-check';
import * as vega from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';
import { describe, expect, it } from 'vitest';
import {
  checkChart,
  type Chart,
  type DendrogramChart,
  type LinkedChart,
  type PanelsChart,
  type SankeyChart,
} from '../../lib/figures/chart';
import { silhouetteProfiles, silhouetteRange } from '../../lib/figures/draw-silhouette';
import { sankeyLayout } from '../../lib/figures/sankey-layout';
import { toPng, toSvg } from '../../lib/figures/save-chart';
import { toPlotly } from '../../lib/figures/to-plotly';
import { toVegaLite } from '../../lib/figures/to-vega-lite';

const sankey: SankeyChart = {
  kind: 'sankey',
  title: 'Flows',
  note: 'a note',
  unit: 'users',
  layers: [
    { title: 'before', names: ['a', 'b', 'nobody'] },
    { title: 'after', names: ['a', 'b', 'nobody'] },
  ],
  counts: [
    [
      [30, 10, 0],
      [0, 2000, 0],
      [0, 0, 0],
    ],
  ],
};
const linked: LinkedChart = {
  kind: 'linked',
  title: 'Linked',
  x: { title: 'across' },
  y: { title: 'up' },
  groups: [
    { name: 'first', x: [0, 1, 2], y: [0, 1, 2], values: [0.1, 0.5, -0.2], labels: ['u0', 'u1', 'u2'] },
    { name: 'second', x: [5, 6], y: [5, 6], values: [0.3, 0.4], labels: ['u3', 'u4'] },
  ],
};
const dendrogramChart: DendrogramChart = {
  kind: 'dendrogram',
  title: 'Tree',
  y: { title: 'distance' },
  brackets: [
    { left: 0, right: 1, leftHeight: 0, rightHeight: 0, height: 1, group: 0 },
    { left: 0.5, right: 2, leftHeight: 1, rightHeight: 0, height: 4 },
  ],
  // Two leaves may have one name.
  names: ['ann', 'bob', 'bob'],
  cut: { name: 'cut into 2', y: 2 },
};
const charts: Record<string, { readonly chart: Chart; readonly words: readonly string[] }> = {
  sankey: { chart: sankey, words: ['before', 'after', 'a · 40', 'b · 2,010', '2,000'] },
  funnel: {
    chart: {
      kind: 'funnel',
      title: 'Funnel',
      x: { title: 'share of visits' },
      stages: ['browse', 'purchase'],
      series: [
        { name: 'all', counts: [1500, 40], shares: [0.75, 0.02], low: [0.7, 0.01], high: [0.8, 0.03] },
        { name: 'some', counts: [9, 0], shares: [0.9, 0], low: [0.8, 0], high: [0.95, 0.1] },
      ],
    },
    words: ['browse', 'purchase', 'share of visits', '1,500 · 75 %', '40 · 2.0 %', '0 · 0 %'],
  },
  silhouette: {
    chart: {
      kind: 'silhouette',
      title: 'Silhouettes',
      groups: [
        { name: 'first', values: [0.1, 0.5, -0.2] },
        { name: 'second', values: [0.3, 0.4] },
      ],
    },
    words: ['first · 3 · .13', 'second · 2 · .35', 'mean .22', 'silhouette'],
  },
  linked: { chart: linked, words: ['across', 'up', 'silhouette', '3 · .13', '2 · .35', 'mean .22'] },
  panels: {
    chart: {
      kind: 'panels',
      title: 'Panels',
      note: 'a note',
      rows: ['moons', 'blobs'],
      columns: ['k-means', 'DBSCAN'],
      panels: [
        [
          { x: [0, 1, 2], y: [0, 1, 0], groups: [0, 0, 1], text: '.50' },
          { x: [0, 1, 2], y: [0, 1, 0], groups: [0, 0, -1], text: '1.00' },
        ],
        [
          { x: [5, 6], y: [7, 8], groups: [0, 1] },
          { x: [5, 6], y: [7, 8], groups: [1, 0] },
        ],
      ],
    },
    words: ['moons', 'blobs', 'k-means', 'DBSCAN', '.50', '1.00'],
  },
  dendrogram: {
    chart: dendrogramChart,
    words: ['distance', 'ann', 'bob', 'cut into 2'],
  },
  'heatmap with numbers': {
    chart: {
      kind: 'heatmap',
      title: 'Heat',
      x: { title: 'next' },
      y: { title: 'step' },
      rows: ['r'],
      columns: ['c', 'd'],
      values: [[0.1, 0.9]],
      labels: [['.10', '.90']],
      value: { title: 'probability', range: [0, 1] },
    },
    words: ['next', '.10', '.90'],
  },
};

describe.each(Object.entries(charts))('a %s chart', (_, { chart, words }) => {
  it('is drawn with its title and its words, the same twice', async () => {
    const svg = await toSvg(chart);
    for (const text of [chart.title, ...words]) expect(svg).toContain(`>${text}</text>`);
    expect(svg).not.toMatch(/NaN|undefined|Infinity/);
    expect(await toSvg(chart)).toBe(svg);
    expect(toPng(svg, 200).length).toBeGreaterThan(1000);
  });

  it('is a specification that Vega-Lite takes without a warning, and plain JSON for plotly', () => {
    const warnings: string[] = [];
    const say = (...texts: unknown[]) => warnings.push(texts.join(' '));
    const logger = { warn: say, error: say, info: () => logger, debug: () => logger, level: () => logger };
    compile(toVegaLite(chart) as unknown as TopLevelSpec, { logger: logger as never });
    expect(warnings).toEqual([]);
    const figure = toPlotly(chart);
    expect(JSON.parse(JSON.stringify(figure))).toEqual(figure);
  });
});

describe('panels and trees', () => {
  it('draw one circle a point and one line a bracket', async () => {
    const circles =
      (await toSvg(charts['panels']!.chart)).match(/<path[^>]*fill="#(?:0072B2|D55E00|BBBBBB)"/g) ?? [];
    expect(circles.length).toBe(10);
    const tree = await toSvg(dendrogramChart);
    // Above the cut grey, the first group in the first colour.
    for (const colour of ['#888888', '#0072B2'])
      expect(tree.match(new RegExp(`<path[^>]*stroke="${colour}"[^>]*stroke-width="1.4"`, 'g'))?.length).toBe(
        1,
      );
    const { data } = toPlotly(dendrogramChart);
    // One line of two colours, with a gap behind each bracket.
    expect(data.map(({ x, y }) => [x, y])).toEqual([
      [
        [0.5, 0.5, 2, 2, null],
        [1, 4, 4, 0, null],
      ],
      [
        [0, 0, 1, 1, null],
        [0, 1, 1, 0, null],
      ],
    ]);
  });

  it('are refused where something is missing', () => {
    const panels = charts['panels']!.chart as PanelsChart;
    expect(() => checkChart({ ...panels, rows: ['moons'] })).toThrow(
      'one panel for each of 1 rows and 2 columns',
    );
    expect(() => checkChart({ ...panels, columns: ['a', 'a'] })).toThrow('two columns have one name');
    expect(() => checkChart({ ...panels, columns: [] })).toThrow('nothing to draw');
    const spoiled = [{ x: [0], y: [0, 1], groups: [0, 1] }, panels.panels[0]![1]!];
    expect(() => checkChart({ ...panels, panels: [spoiled, panels.panels[1]!] })).toThrow(
      "x of panel 'moons', 'k-means' has 1 values, expected 2",
    );
    expect(() => checkChart({ ...dendrogramChart, names: ['ann'] })).toThrow('1 names for 3 leaves');
    const [first, second] = dendrogramChart.brackets as [never, (typeof dendrogramChart.brackets)[number]];
    expect(() => checkChart({ ...dendrogramChart, brackets: [first, { ...second, height: 0.5 }] })).toThrow(
      'bracket 1 stands below what it joins',
    );
    expect(() => checkChart({ ...dendrogramChart, brackets: [] })).toThrow('nothing to draw');
  });
});

describe('the layout of flows', () => {
  const sizes = { boxWidth: 10, layerWidth: 100, bandsHeight: 204, gap: 18 };

  it('has one scale, leaves out what is empty, and centres each layer', () => {
    const { boxes, bands, width, height } = sankeyLayout(sankey, { ...sizes, bandsHeight: 2040 });
    expect(width).toBe(110);
    expect(height).toBe(2040 + 18);
    expect(boxes.map(({ layer, name, count, top, bottom }) => [layer, name, count, top, bottom])).toEqual([
      [0, 'a', 40, 0, 40],
      [0, 'b', 2000, 58, 2058],
      [1, 'a', 30, 0, 30],
      [1, 'b', 2010, 48, 2058],
    ]);
    expect(bands.map(({ from, to, width: own, topFrom, topTo }) => [from, to, own, topFrom, topTo])).toEqual([
      [0, 2, 30, 0, 0],
      [0, 3, 10, 30, 48],
      [1, 3, 2000, 58, 58],
    ]);
  });

  it('keeps bands within their boxes, side by side, and boxes apart, whatever flows', () => {
    const table = fc.array(fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 4, maxLength: 4 }), {
      minLength: 4,
      maxLength: 4,
    });
    fc.assert(
      fc.property(fc.array(table, { minLength: 1, maxLength: 3 }), (counts) => {
        fc.pre(counts.flat(2).some((count) => count > 0));
        const layers = Array.from({ length: counts.length + 1 }, (_, l) => ({
          title: `l${l}`,
          names: ['a', 'b', 'c', 'd'],
        }));
        const { boxes, bands, height } = sankeyLayout({ layers, counts }, sizes);
        const problems: string[] = [];
        for (const [place, box] of boxes.entries()) {
          const next = boxes[place + 1];
          if (next?.layer === box.layer && next.top < box.bottom + sizes.gap - 1e-9)
            problems.push('boxes meet');
          if (box.top < -1e-9 || box.bottom > height + 1e-9) problems.push('outside');
          for (const [side, top] of [
            ['from', 'topFrom'],
            ['to', 'topTo'],
          ] as const) {
            let at = box.top;
            for (const band of bands.filter((own) => own[side] === place)) {
              if (Math.abs(band[top] - at) > 1e-6) problems.push('a gap or an overlap of bands');
              at += band.width;
            }
            if (at > box.bottom + 1e-6) problems.push('bands beyond their box');
          }
        }
        const flows = counts.flat(2).reduce((sum, count) => sum + count, 0);
        expect(bands.reduce((sum, { count }) => sum + count, 0)).toBe(flows);
        expect(problems).toEqual([]);
      }),
    );
  });
});

describe('silhouette profiles', () => {
  it('sort each group, stand one below the other, and know the mean of all points', () => {
    const { profiles, mean, height } = silhouetteProfiles(linked.groups);
    expect(profiles.map(({ order, top }) => [order, top])).toEqual([
      [[1, 0, 2], 0],
      [[1, 0], 4],
    ]);
    expect(mean).toBeCloseTo(0.22, 12);
    expect(height).toBe(6);
    expect(silhouetteRange(linked.groups)).toEqual([-0.2, 0.5]);
    expect(silhouetteRange([{ values: [0.31, 0.5] }])).toEqual([0, 0.5]);
  });
});

describe('the linked views', () => {
  /** Opacity of the marks of both views, by user, after a choice. */
  async function shown(
    stores: Readonly<Record<string, readonly object[]>>,
  ): Promise<Record<string, number[]>> {
    const { spec } = compile(toVegaLite(linked) as unknown as TopLevelSpec);
    const view = new vega.View(vega.parse(spec), { renderer: 'none', logLevel: vega.Error });
    await view.runAsync();
    for (const [store, rows] of Object.entries(stores)) view.data(store, [...rows]);
    await view.runAsync();
    const found: Record<string, number[]> = {};
    const walk = (item: SceneItem): void => {
      const { label, s } = item.datum ?? {};
      const isMark = ['symbol', 'rect'].includes(item.mark?.marktype ?? '') && s !== undefined;
      if (label !== undefined && isMark) (found[label] ??= []).push(item.opacity ?? NaN);
      for (const below of item.items ?? []) walk(below);
    };
    walk((view.scenegraph() as unknown as { root: SceneItem }).root);
    view.finalize();
    return found;
  }
  interface SceneItem {
    readonly items?: readonly SceneItem[];
    readonly datum?: { readonly label?: string; readonly s?: number };
    readonly opacity?: number;
    readonly mark?: { readonly marktype: string };
  }
  const pale = 0.07;
  const frame = {
    unit: 'concat_0',
    fields: [
      { field: 'x', channel: 'x', type: 'R' },
      { field: 'y', channel: 'y', type: 'R' },
    ],
    values: [
      [0.5, 5.5],
      [0.5, 5.5],
    ],
  };
  const ofGroup = (name: string) => ({ unit: '', fields: [{ field: 'group', type: 'E' }], values: [name] });

  it('show all points in both views before anything is chosen', async () => {
    const all = await shown({});
    expect(Object.keys(all).sort()).toEqual(['u0', 'u1', 'u2', 'u3', 'u4']);
    for (const opacities of Object.values(all)) expect(opacities).toEqual([0.8, 1]);
  });

  it('show a frame of the plane among the silhouettes', async () => {
    const { u0, u1, u2, u3, u4 } = await shown({ frame_store: [frame] });
    expect([u1, u2, u3]).toEqual([
      [0.8, 1],
      [0.8, 1],
      [0.8, 1],
    ]);
    expect([u0, u4]).toEqual([
      [pale, pale],
      [pale, pale],
    ]);
  });

  it('show a group that was clicked in either view, and within a frame only what is in both', async () => {
    for (const store of ['clicked_store', 'named_store']) {
      const { u0, u3, u4 } = await shown({ [store]: [ofGroup('second')] });
      expect([u0, u3, u4]).toEqual([
        [pale, pale],
        [0.8, 1],
        [0.8, 1],
      ]);
    }
    const both = await shown({ frame_store: [frame], clicked_store: [ofGroup('second')] });
    expect(
      Object.entries(both)
        .filter(([, own]) => own[0]! > pale)
        .map(([user]) => user),
    ).toEqual(['u3']);
  });

  it('show a range of silhouettes in the plane', async () => {
    // The first group stands at 0 to 2, best first (u1, u0, u2), the second from 4 on.
    const range = {
      unit: 'concat_1_layer_0',
      fields: [{ field: 'at', channel: 'y', type: 'R' }],
      values: [[-0.5, 0.5]],
    };
    const found = await shown({ range_store: [range] });
    expect(
      Object.entries(found)
        .filter(([, own]) => own[0]! > pale)
        .map(([user]) => user),
    ).toEqual(['u1']);
  });
});

describe('checkChart, of charts that read groups', () => {
  const funnel = charts['funnel']!.chart as Extract<Chart, { kind: 'funnel' }>;
  const refused: [string, Chart, RegExp][] = [
    [
      'one layer',
      { ...sankey, layers: sankey.layers.slice(1), counts: [] },
      /0 tables of counts for 1 layers/,
    ],
    ['a row too few', { ...sankey, counts: [[[1, 2, 3]]] }, /1 rows of counts for 3 boxes of 'before'/],
    [
      'a negative flow',
      {
        ...sankey,
        counts: [
          [
            [-1, 0, 0],
            [0, 1, 0],
            [0, 0, 0],
          ],
        ],
      },
      /row 'a' of 'before' is -1/,
    ],
    [
      'no flow at all',
      {
        ...sankey,
        counts: [
          [
            [0, 0, 0],
            [0, 0, 0],
            [0, 0, 0],
          ],
        ],
      },
      /all counts are 0/,
    ],
    [
      'two boxes of one name',
      { ...sankey, layers: sankey.layers.map(({ title }) => ({ title, names: ['a', 'a', 'b'] })) },
      /one name/,
    ],
    [
      'two layers of one title',
      { ...sankey, layers: [sankey.layers[0]!, sankey.layers[0]!] },
      /two parts have one name/,
    ],
    [
      'a share above 1',
      { ...funnel, series: [{ ...funnel.series[0]!, high: [1.2, 0] }] },
      /high of series 'all' is 1.2/,
    ],
    ['a stage too few', { ...funnel, stages: ['browse'] }, /has 2 values, expected 1/],
    [
      'a group without points',
      { kind: 'silhouette', title: 't', groups: [{ name: 'g', values: [] }] },
      /'g' is empty/,
    ],
    [
      'a silhouette above 1',
      { kind: 'silhouette', title: 't', groups: [{ name: 'g', values: [2] }] },
      /from -1 to 1/,
    ],
    [
      'a place too few',
      { ...linked, groups: [{ name: 'g', x: [1], y: [1, 2], values: [0, 0] }] },
      /x of group 'g' has 1/,
    ],
    ['no groups', { ...linked, groups: [] }, /nothing to draw/],
    [
      'a label too few',
      { ...(charts['heatmap with numbers']!.chart as Extract<Chart, { kind: 'heatmap' }>), labels: [['a']] },
      /not one label a cell/,
    ],
  ];
  it.each(refused)('refuses %s', (_, chart, text) => {
    expect(() => checkChart(chart)).toThrow(text);
  });
});
