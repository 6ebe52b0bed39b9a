import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compile, type TopLevelSpec } from 'vega-lite';
import { describe, expect, it, vi } from 'vitest';
import type { Chart } from '../../lib/figures/chart';
import { openInBrowser } from '../../lib/figures/open-in-browser';
import { saveChart, toPng, toSvg } from '../../lib/figures/save-chart';
import { toPlotly } from '../../lib/figures/to-plotly';
import { toVegaLite } from '../../lib/figures/to-vega-lite';

const plotted = vi.hoisted(() => vi.fn());
vi.mock('nodeplotlib', () => ({ plot: plotted }));

const axes = { x: { title: 'across' }, y: { title: 'up', unit: 's' } } as const;
const names = ['alpha', 'beta', 'gamma'];
const charts: Record<string, Chart> = {
  line: {
    ...axes,
    kind: 'line',
    title: 'Curves',
    note: 'a note',
    series: [
      { name: 'training', y: [3, 2, 1] },
      { name: 'validation', x: [1, 3], y: [3, 2] },
    ],
    guides: [{ name: 'baseline', y: 2.5 }],
  },
  bar: {
    ...axes,
    kind: 'bar',
    title: 'Bars',
    names,
    series: [{ name: 's', y: [1, 2, 3], spread: [0.1, 0.2, 0.3] }],
  },
  'line with whiskers': {
    ...axes,
    kind: 'line',
    title: 'Curves with their spread',
    series: [
      { name: 'a', x: [1, 2], y: [3, 2], spread: [0.5, 0.25] },
      { name: 'b', x: [1, 2], y: [1, 2] },
    ],
  },
  'lying bar': {
    ...axes,
    kind: 'bar',
    title: 'Lying',
    horizontal: true,
    names,
    series: [{ name: 's', y: [3, 2, 1] }],
  },
  scatter: {
    ...axes,
    kind: 'scatter',
    title: 'Points',
    series: [
      { name: 'cluster 0', x: [0, 1], y: [0, 1], labels: ['u1', 'u2'] },
      { name: 'cluster 1', x: [2], y: [2] },
    ],
  },
  histogram: {
    ...axes,
    kind: 'histogram',
    title: 'Counts',
    bins: 3,
    series: [{ name: 's', x: [1, 2, 2, 3] }],
  },
  heatmap: {
    ...axes,
    kind: 'heatmap',
    title: 'Heat',
    rows: ['top', 'bottom'],
    columns: names,
    values: [
      [1, 2, 3],
      [4, 5, 6],
    ],
    value: { title: 'share' },
  },
};
const flow: Chart = {
  kind: 'flow',
  title: 'Boxes',
  note: 'a note',
  nodes: [
    { name: 'fed', group: 'input' },
    { name: 'Mul', group: 'op' },
    { name: 'Sum', group: 'op' },
  ],
  arrows: [
    { from: 0, to: 1 },
    { from: 1, to: 2 },
    { from: 0, to: 2 },
  ],
};
const all = Object.entries({ ...charts, flow });

describe.each(all)('a %s chart', (_, chart) => {
  it('is drawn with its title, both axes or all boxes, and nothing undefined', async () => {
    const svg = await toSvg(chart);
    const words = chart.kind === 'flow' ? chart.nodes.map(({ name }) => name) : ['across', 'up (s)'];
    for (const text of [chart.title, ...words]) expect(svg).toContain(`>${text}</text>`);
    expect(svg).not.toMatch(/NaN|undefined|Infinity/);
  });

  it('is drawn the same twice, also after other charts', async () => {
    const first = await toSvg(chart);
    await toSvg(charts['heatmap']!);
    expect(await toSvg(chart)).toBe(first);
  });

  it('is a specification that Vega-Lite takes without a warning', () => {
    const warnings: string[] = [];
    const say = (...texts: unknown[]) => warnings.push(texts.join(' '));
    const logger = { warn: say, error: say, info: () => logger, debug: () => logger, level: () => logger };
    compile(toVegaLite(chart) as unknown as TopLevelSpec, { logger: logger as never });
    expect(warnings).toEqual([]);
  });

  it('goes to plotly as plain JSON', () => {
    const figure = toPlotly(chart);
    expect(JSON.parse(JSON.stringify(figure))).toEqual(figure);
    expect(JSON.stringify(figure.layout)).toContain(chart.title);
  });
});

it('puts ticks at whole numbers where a line has nothing between them', async () => {
  const ticks = async (x: number[]): Promise<string[]> => {
    const svg = await toSvg({ ...axes, kind: 'line', title: 'k', series: [{ name: 'a', x, y: [1, 2, 3] }] });
    return [...svg.matchAll(/<text[^>]*>([\d.]+)<\/text>/g)].map(([, text]) => text!);
  };
  expect(await ticks([2, 3, 4])).toEqual(expect.arrayContaining(['2', '3', '4']));
  expect((await ticks([2, 3, 4])).slice(0, 3)).toEqual(['2', '3', '4']);
  expect((await ticks([2, 3, 4.5])).slice(0, 2)).toEqual(['2.0', '2.2']);
});

describe('toPlotly', () => {
  it('numbers the points of a line from 1 when no x is given', () => {
    expect(toPlotly(charts['line']!).data[0]).toMatchObject({ x: [1, 2, 3], y: [3, 2, 1], name: 'training' });
  });

  it('draws whiskers where a line has a spread, in its colour', async () => {
    const chart = charts['line with whiskers']!;
    const [first, second] = toPlotly(chart).data;
    expect(first).toMatchObject({ error_y: { array: [0.5, 0.25] } });
    expect(second).not.toHaveProperty('error_y');
    const { data } = toVegaLite(chart) as { data: { values: Record<string, number>[] } };
    expect(data.values.map(({ low, high }) => [low, high])).toEqual([
      [2.5, 3.5],
      [1.75, 2.25],
      [undefined, undefined],
      [undefined, undefined],
    ]);
    const rules = (svg: string) =>
      svg.match(/aria-roledescription="rule mark"|class="mark-rule[^"]*"/g)?.length ?? 0;
    expect(rules(await toSvg(chart))).toBeGreaterThan(
      rules(await toSvg({ ...charts['line']!, guides: [] } as Chart)),
    );
  });

  it('lays the bars down, the first name at the top', () => {
    const { data, layout } = toPlotly(charts['lying bar']!);
    expect(data[0]).toMatchObject({ orientation: 'h', x: [3, 2, 1], y: names });
    expect(layout).toMatchObject({ xaxis: { title: { text: 'up (s)' } }, yaxis: { autorange: 'reversed' } });
  });

  it('draws the guide at its level', () => {
    expect(toPlotly(charts['line']!).layout).toMatchObject({
      shapes: [{ yref: 'y', y0: 2.5, y1: 2.5 }],
      annotations: [{ text: 'baseline', y: 2.5 }],
    });
  });

  it('rounds: digits that nobody sees would change in every run', () => {
    const chart: Chart = { ...axes, kind: 'line', title: 't', series: [{ name: 's', y: [1 / 3] }] };
    expect(toPlotly(chart).data[0]).toMatchObject({ y: [0.333333] });
  });
});

describe('saveChart', () => {
  const folder = () => mkdtempSync(join(tmpdir(), 'charts-'));

  it('writes an SVG into a new folder and leaves nothing else', async () => {
    const at = join(folder(), 'deep', 'er');
    await saveChart(charts['line']!, join(at, 'a.svg'));
    expect(readdirSync(at)).toEqual(['a.svg']);
    expect(readFileSync(join(at, 'a.svg'), 'utf8')).toMatch(/^<svg [^]*<\/svg>\n$/);
  });

  it('writes a PNG of the width asked for', async () => {
    const file = await saveChart(charts['bar']!, join(folder(), 'a.png'));
    const png = readFileSync(file);
    expect(png.subarray(1, 4).toString()).toBe('PNG');
    expect(png.readUInt32BE(16)).toBe(1200);
    expect(
      Buffer.from(toPng('<svg xmlns="http://www.w3.org/2000/svg" width="2" height="1"/>', 50)).readUInt32BE(
        16,
      ),
    ).toBe(50);
  });

  it('refuses another kind of file, and says what to name it', async () => {
    await expect(saveChart(charts['bar']!, 'x/a.gif')).rejects.toThrow(
      'x/a.gif: a chart is saved as .svg or .png.',
    );
  });

  it('says which file cannot be written', async () => {
    const file = join(folder(), 'file');
    writeFileSync(file, '');
    await expect(saveChart(charts['bar']!, join(file, 'a.svg'))).rejects.toThrow(
      /a\.svg: the chart cannot be written/,
    );
    expect(existsSync(join(file, 'a.svg'))).toBe(false);
  });
});

describe('openInBrowser', () => {
  it('hands every chart to nodeplotlib', async () => {
    await openInBrowser(charts['line']!, charts['bar']!);
    const figures = [toPlotly(charts['line']!), toPlotly(charts['bar']!)];
    expect(plotted.mock.calls).toEqual(figures.map(({ data, layout }) => [data, layout]));
  });

  it('starts nothing for a chart that cannot be drawn', async () => {
    plotted.mockClear();
    const empty: Chart = { ...axes, kind: 'line', title: 't', series: [] };
    await expect(openInBrowser(charts['line']!, empty)).rejects.toThrow(RangeError);
    expect(plotted).not.toHaveBeenCalled();
  });
});
