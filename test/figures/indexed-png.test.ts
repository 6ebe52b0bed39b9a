import { decode } from 'fast-png';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { indexedPng } from '../../lib/figures/indexed-png';
import { toPng } from '../../lib/figures/save-chart';

/** A picture of one row, opaque. */
const rowOf = (colours: readonly (readonly number[])[]) => ({
  width: colours.length,
  height: 1,
  pixels: Uint8Array.from(colours.flatMap((colour) => [...colour, 255])),
});

/** Colours of all pixels, by another reader than the writer's: the palette is looked up here. */
function coloursOf(png: Uint8Array): number[][] {
  const { data, palette } = decode(png);
  return Array.from(data, (number) => palette![number]!.slice(0, 3));
}

describe('a picture with a palette', () => {
  it('reads back pixel by pixel', () => {
    const channel = fc.integer({ min: 0, max: 255 });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(channel, channel, channel), { minLength: 1, maxLength: 300 }),
        (colours) => {
          const png = indexedPng(rowOf(colours));
          if (new Set(colours.map(String)).size > 256) expect(png).toBeNull();
          else expect(coloursOf(png!)).toEqual(colours);
        },
      ),
    );
  });

  it('holds 256 colours and no more, and nothing to see through', () => {
    const grey = (count: number) => Array.from({ length: count }, (_, i) => [i % 256, i > 255 ? 1 : 0, 0]);
    expect(coloursOf(indexedPng(rowOf(grey(256)))!)).toEqual(grey(256));
    expect(indexedPng(rowOf(grey(257)))).toBeNull();
    expect(indexedPng({ width: 1, height: 1, pixels: Uint8Array.of(1, 2, 3, 254) })).toBeNull();
  });

  it('is what a drawing of few colours becomes', () => {
    const svg = (marks: string) =>
      `<svg xmlns="http://www.w3.org/2000/svg" width="200" height="100">${marks}</svg>`;
    const circles = Array.from(
      { length: 200 },
      (_, i) => `<circle cx="${(i * 37) % 200}" cy="${(i * 61) % 100}" r="2" fill="#0072B2"/>`,
    ).join('');
    const crisp = toPng(svg(circles), 200, 'crisp');
    expect(new Set(coloursOf(crisp).map(String))).toEqual(new Set(['255,255,255', '0,114,178']));
    const smooth = toPng(svg(circles), 200);
    expect(new Set(coloursOf(smooth).map(String)).size).toBeGreaterThan(2);
    expect(crisp.length).toBeLessThan(smooth.length);
  });
});
