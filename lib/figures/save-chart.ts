import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import { Resvg } from '@resvg/resvg-js';
import * as vega from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';
import { InputError } from '../base/errors';
import type { Chart } from './chart';
import { indexedPng } from './indexed-png';
import { toVegaLite } from './to-vega-lite';

/**
 * The room that a text takes, for the layout alone. With no browser vega takes 0.8 of the font size for each letter,
 * which cuts names that would fit; these widths are about those of DejaVu Sans and Verdana.
 */
function widthOf(text: string, fontSize: number): number {
  let letters = 0;
  for (const letter of text)
    letters += /[ijltfrI.,:;'|!()[\] -]/.test(letter) ? 0.39 : /[mwMW@%]/.test(letter) ? 0.95 : 0.64;
  return letters * fontSize;
}
const { textMetrics } = vega as unknown as {
  textMetrics: { width(item: { fontSize?: number; text?: unknown }, text?: unknown): number };
};
textMetrics.width = (item, text = item.text) => {
  const lines = (Array.isArray(text) ? text : [text ?? '']).map((line) => String(line).trim());
  return Math.max(...lines.map((line) => widthOf(line, item.fontSize ?? 11)));
};

/** vega numbers its gradients for as long as the process lives; a drawing counts its own. */
function withOwnIds(svg: string): string {
  const ids = [...new Set([...svg.matchAll(/id="((?:gradient|clip)[_\d]+)"/g)].map(([, id]) => id!))];
  return ids.reduce((text, id, i) => text.replaceAll(new RegExp(`\\b${id}\\b`, 'g'), `part-${i}`), svg);
}

/**
 * A chart as an SVG drawing. The same chart gives the same text, on every machine: no clock, no random ids, and widths
 * of words are estimated instead of measured with the fonts at hand.
 *
 * @throws RangeError when the chart cannot be drawn
 */
export async function toSvg(chart: Chart): Promise<string> {
  const { spec } = compile(toVegaLite(chart) as unknown as TopLevelSpec);
  const view = new vega.View(vega.parse(spec), { renderer: 'none', logLevel: vega.Error });
  try {
    return withOwnIds(await view.toSVG());
  } finally {
    view.finalize();
  }
}

/**
 * An SVG drawing as the bytes of a PNG picture, `width` pixels wide. Words are drawn with the fonts of the machine.
 *
 * @param edges 'crisp' leaves out the shades between a shape and its ground: thousands of points take a tenth of the bytes
 */
export function toPng(svg: string, width = 1200, edges: 'smooth' | 'crisp' = 'smooth'): Uint8Array {
  const picture = new Resvg(svg, {
    background: 'white',
    fitTo: { mode: 'width', value: width },
    shapeRendering: edges === 'crisp' ? 1 : 2, // crispEdges, geometricPrecision
    font: { loadSystemFonts: true, defaultFontFamily: 'DejaVu Sans' },
  });
  const rendered = picture.render();
  return indexedPng(rendered) ?? rendered.asPng();
}

/**
 * Draw a chart into a file: `.svg` (small, sharp at any size, the same on every machine) or `.png`.
 *
 * The folder is made if need be. The file is written beside and renamed, so a chart is there whole or not at all.
 *
 * @returns the path
 * @throws InputError when the name ends in neither, or the file cannot be written
 */
export async function saveChart(chart: Chart, file: string): Promise<string> {
  const extension = extname(file).toLowerCase();
  if (extension !== '.svg' && extension !== '.png') {
    throw new InputError('a chart is saved as .svg or .png.', `Name the file '${basename(file)}.svg'.`, {
      file,
    });
  }
  const svg = await toSvg(chart);
  const beside = join(dirname(file), `.${basename(file)}.${process.pid}.part`);
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(beside, extension === '.svg' ? `${svg}\n` : toPng(svg));
    renameSync(beside, file);
  } catch (error) {
    if (existsSync(beside)) rmSync(beside);
    const { message } = error as Error;
    throw new InputError(
      `the chart cannot be written (${message}).`,
      'Free the disk or choose another folder.',
      {
        file,
      },
    );
  }
  return file;
}
