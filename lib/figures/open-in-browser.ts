import type { Plot } from 'nodeplotlib';
import type { Chart } from './chart';
import { toPlotly } from './to-plotly';

/**
 * Open charts in the browser, interactive, from a script or a terminal. Starts a small web server, and the process
 * lives until the page has loaded. In a notebook use `showChart` instead: a server and a window are wrong there.
 *
 * @throws RangeError when a chart cannot be drawn
 */
export async function openInBrowser(...charts: readonly Chart[]): Promise<void> {
  const figures = charts.map(toPlotly); // first: a wrong chart must not start a server
  const { plot } = await import('nodeplotlib');
  for (const { data, layout } of figures) plot([...data] as Plot[], layout);
}
