import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Chart } from '../../lib/figures/chart';
import { frame } from '../../lib/notebook/frame';
import { needResult, resultFolder } from '../../lib/notebook/need';
import { bar, progressCell } from '../../lib/notebook/progress-cell';
import { projectRoot } from '../../lib/notebook/project-root';
import { liveChart, showChart, showMarkdown, showTable } from '../../lib/notebook/show';
import { declarationOf, showSource } from '../../lib/notebook/show-source';
import { stopSignal } from '../../lib/notebook/stop-signal';

type Sent = { data: Record<string, unknown>; options?: { id?: string; update?: boolean } };
const key = Symbol.for('behavior-lab.display');
const kernel = globalThis as Record<symbol, unknown>;

/** Stands in for the kernel: keeps what would be shown. */
function withKernel(): Sent[] {
  const sent: Sent[] = [];
  kernel[key] = (data: Sent['data'], options: Sent['options']) =>
    sent.push(options ? { data, options } : { data });
  return sent;
}
function onTerminal(): () => string {
  const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  return () => write.mock.calls.map(([text]) => String(text)).join('');
}
beforeEach(() => vi.stubEnv('SMOKE', '1'));
afterEach(() => {
  delete kernel[key];
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

const chart: Chart = {
  kind: 'line',
  title: 'Loss',
  x: { title: 'epoch' },
  y: { title: 'loss' },
  series: [{ name: 'a', y: [2, 1] }],
};

describe('showChart', () => {
  const file = join(projectRoot, '.lab/smoke/figures/of-a-test.svg');
  afterEach(() => rmSync(file, { force: true }));

  it('sends one output: interactive, drawn and as text', async () => {
    const sent = withKernel();
    await showChart(chart);
    expect(sent).toHaveLength(1);
    expect(Object.keys(sent[0]!.data)).toEqual([
      'application/vnd.plotly.v1+json',
      'image/svg+xml',
      'text/plain',
    ]);
  });

  it('sends linked views as Vega-Lite, which JupyterLab draws by itself, with what links them', async () => {
    const sent = withKernel();
    const groups = [{ name: 'g', x: [0, 1], y: [0, 1], values: [0.5, 0.2] }];
    await showChart({ kind: 'linked', title: 'Users', x: { title: 'x' }, y: { title: 'y' }, groups });
    const { data } = sent[0]!;
    expect(Object.keys(data)).toEqual(['application/vnd.vegalite.v5+json', 'image/svg+xml', 'text/plain']);
    expect(JSON.stringify(data)).toContain('"param":"frame"');
  });

  it('keeps the figure, with SMOKE=1 not among the committed ones', async () => {
    withKernel();
    await showChart(chart, { file: 'of-a-test' });
    expect(readFileSync(file, 'utf8')).toContain('<svg');
    expect(existsSync(join(projectRoot, 'figures/of-a-test.svg'))).toBe(false);
  });

  it('sends a picture instead of a drawing of very many points', async () => {
    const sent = withKernel();
    const x = Array.from({ length: 1000 }, (_, i) => Math.cos(i));
    await showChart({ ...chart, kind: 'scatter', series: [{ name: 'users', x, y: x }] });
    expect(Object.keys(sent[0]!.data)).toContain('image/png');
    expect(JSON.stringify(sent[0]!.data).length).toBeLessThan(100_000);
  });

  it('sends small pictures of thousands of points as one small picture, with nothing to point at', async () => {
    const sent = withKernel();
    const x = Array.from({ length: 200 }, (_, i) => 100 * Math.cos(i * i));
    const panel = { x, y: x.map((_, i) => x[(i + 7) % 200]!), groups: x.map((_, i) => i % 3) };
    const columns = Array.from({ length: 8 }, (_, i) => `c${i}`);
    await showChart({
      kind: 'panels',
      title: 'Panels',
      rows: ['r'],
      columns,
      panels: [columns.map(() => panel)],
    });
    expect(Object.keys(sent[0]!.data)).toEqual(['image/png', 'text/plain']);
    expect(JSON.stringify(sent[0]!.data).length).toBeLessThan(40_000);
  });

  it('prints its title outside of a notebook', async () => {
    const text = onTerminal();
    await showChart(chart);
    expect(text()).toBe('[line chart] Loss\n');
  });
});

describe('liveChart', () => {
  it('replaces its output, drops what is overtaken and ends like showChart', async () => {
    const sent = withKernel();
    const live = liveChart();
    for (const title of ['first', 'overtaken', 'newest']) live.update({ ...chart, title });
    await vi.waitFor(() => expect(sent).toHaveLength(2));
    await live.done({ ...chart, title: 'last' });
    expect(sent.map(({ data }) => data['text/plain'])).toEqual(
      ['first', 'newest', 'last'].map((title) => `[line chart] ${title}`),
    );
    expect(sent.map(({ options }) => options?.update)).toEqual([false, true, true]);
    expect(new Set(sent.map(({ options }) => options?.id)).size).toBe(1);
    expect(sent.at(-1)!.data).toHaveProperty(['application/vnd.plotly.v1+json']);
  });

  it('shows only the last one outside of a notebook', async () => {
    const text = onTerminal();
    const live = liveChart();
    live.update(chart);
    await live.done(chart);
    expect(text()).toBe('[line chart] Loss\n');
  });
});

describe('showTable', () => {
  it('sends HTML and text', () => {
    const sent = withKernel();
    showTable([{ model: 'LSTM', users: 943 }]);
    expect(sent[0]!.data['text/html']).toContain('<td style="text-align:right">943</td>');
    expect(sent[0]!.data['text/plain']).toContain('LSTM');
  });

  it('shows a danfojs frame, its index when that says something', async () => {
    const text = onTerminal();
    const rows = await frame([
      { cluster: 0, events: 10 },
      { cluster: 0, events: 20 },
      { cluster: 1, events: 3 },
    ]);
    showTable(rows.groupby(['cluster']).col(['events']).sum());
    showTable(rows.describe());
    expect(text()).toContain(
      'cluster  events_sum\n-------  ----------\n      0          30\n      1           3\n',
    );
    expect(text()).toMatch(/mean +0\.3333 +11\n/);
  });
});

it('showMarkdown sends Markdown once', () => {
  const sent = withKernel();
  showMarkdown('**b**');
  expect(sent).toEqual([{ data: { 'text/markdown': '**b**' } }]);
});

describe('progressCell', () => {
  it('draws a burst once, and the last word always', () => {
    const sent = withKernel();
    const progress = progressCell();
    for (let i = 0; i < 100; i++) progress.update(`step ${i}`);
    progress.done('100 steps');
    expect(sent.map(({ data }) => data['text/plain'])).toEqual(['step 0', '100 steps']);
  });

  it('prints only the last word into a log', () => {
    const text = onTerminal();
    const progress = progressCell();
    progress.update('half');
    progress.done('all');
    expect(text()).toBe('all\n');
  });

  it('fills a bar', () => {
    expect(bar(6, 24)).toBe('[######..................] 25 %');
    expect(bar(0, 0)).toMatch(/\] 0 %$/);
    expect(bar(30, 24)).toMatch(/^\[#{24}\] 100 %$/);
  });
});

describe('showSource', () => {
  it('shows the TypeScript of a file of lib', () => {
    const sent = withKernel();
    showSource('notebook/project-root');
    expect(sent[0]!.data['text/markdown']).toMatch(
      /^`lib\/notebook\/project-root\.ts`\n\n```ts\nimport [^]*__dirname[^]*```$/,
    );
  });

  it('says that there is no such file, or no such name in it', () => {
    expect(() => showSource('notebook/nothing')).toThrow('lib/notebook/nothing.ts: there is no such file.');
    expect(() => showSource('notebook/need', 'needed')).toThrow("there is no 'needed' in it");
  });

  it('cuts out one declaration with its comment', () => {
    const source = [
      '/** Not this. */',
      'const other = 1;',
      '/** One. */',
      'export async function one(',
      '  a: number,',
      '): Promise<void> {',
      '  if (a) {',
      '  }',
      '}',
      'export const list = [',
      '  1,',
      '];',
      'export interface Shape {',
      '  a: number;',
      '}',
      'export const short = () =>',
      '  1;',
      'const after = 2;',
    ].join('\n');
    const lines = source.split('\n');
    expect(declarationOf(source, 'one')).toBe(lines.slice(2, 9).join('\n'));
    expect(declarationOf(source, 'list')).toBe(lines.slice(9, 12).join('\n'));
    expect(declarationOf(source, 'Shape')).toBe(lines.slice(12, 15).join('\n'));
    expect(declarationOf(source, 'short')).toBe(lines.slice(15, 17).join('\n'));
    expect(declarationOf(source, 'other')).toBe('/** Not this. */\nconst other = 1;');
    expect(declarationOf(source, 'on')).toBeNull();
  });
});

describe('needResult', () => {
  const name = `of-a-test-${process.pid}`;
  const folder = () => resultFolder(name);
  const recipe = (inputs: Record<string, unknown>, value: string) => ({
    inputs,
    make: vi.fn((at: string) => Promise.resolve(writeFileSync(join(at, 'value'), value))),
    read: (at: string) => readFileSync(join(at, 'value'), 'utf8'),
  });
  beforeEach(() => vi.spyOn(console, 'log').mockImplementation(() => {}));
  afterEach(() => {
    rmSync(folder(), { recursive: true, force: true });
    rmSync(`${folder()}.making`, { recursive: true, force: true });
  });

  it('makes it once', async () => {
    const first = recipe({ epochs: 1, none: undefined }, 'first');
    const second = recipe({ epochs: 1, none: undefined }, 'second');
    expect([await needResult(name, first), await needResult(name, second)]).toEqual(['first', 'first']);
    expect(second.make).not.toHaveBeenCalled();
  });

  it('makes it again for other parameters', async () => {
    await needResult(name, recipe({ epochs: 1 }, 'first'));
    expect(await needResult(name, recipe({ epochs: 2 }, 'second'))).toBe('second');
  });

  it('takes nothing half-made for a result, and keeps the old one when making fails', async () => {
    await needResult(name, recipe({ epochs: 1 }, 'first'));
    const failing = { ...recipe({ epochs: 2 }, ''), make: () => Promise.reject(new Error('disk full')) };
    await expect(needResult(name, failing)).rejects.toThrow('disk full');
    expect(await needResult(name, recipe({ epochs: 1 }, 'again'))).toBe('first');
  });

  it('does not trust a folder without its marker', async () => {
    mkdirSync(folder(), { recursive: true });
    writeFileSync(join(folder(), 'value'), 'left over');
    expect(await needResult(name, recipe({}, 'made'))).toBe('made');
  });

  it('keeps smoke results apart', () => {
    const smoke = folder();
    vi.stubEnv('SMOKE', '');
    expect([smoke, folder()]).toEqual([
      join(projectRoot, 'runs/smoke', name),
      join(projectRoot, 'runs', name),
    ]);
  });
});

describe('stopSignal', () => {
  it('is raised by the kernel', () => {
    const list = new Set<AbortController>();
    kernel[Symbol.for('behavior-lab.stoppable')] = list;
    const signal = stopSignal();
    for (const controller of list) controller.abort();
    delete kernel[Symbol.for('behavior-lab.stoppable')];
    expect(signal.aborted).toBe(true);
  });

  it('is raised by Ctrl-C in a script', () => {
    const signal = stopSignal();
    process.emit('SIGINT');
    expect(signal.aborted).toBe(true);
  });
});
