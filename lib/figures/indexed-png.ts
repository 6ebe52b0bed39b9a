import { encode } from 'fast-png';

/** A picture as pixels, row by row from the top left: red, green, blue and opacity, 0 to 255 each. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array;
}

/**
 * A picture of at most 256 colours as the bytes of a PNG file, which names a colour for each pixel: without loss, and a third of the size of
 * one that writes each out.
 *
 * @returns null where there are more colours, or a pixel can be seen through
 * @source Portable Network Graphics (PNG) Specification, W3C, 2nd ed., 2003, 11.2.3 (PLTE).
 */
export function indexedPng({ width, height, pixels }: Pixels): Uint8Array | null {
  const numbers = new Map<number, number>();
  const indices = new Uint8Array(width * height);
  for (let pixel = 0; pixel < indices.length; pixel++) {
    const [red, green, blue, opacity] = pixels.subarray(4 * pixel, 4 * pixel + 4) as unknown as Colour;
    const colour = (red << 16) | (green << 8) | blue;
    let number = numbers.get(colour);
    if (number === undefined) {
      number = numbers.size;
      if (number > 255 || opacity !== 255) return null;
      numbers.set(colour, number);
    }
    indices[pixel] = number;
  }
  const palette = [...numbers.keys()].map((colour) => [colour >> 16, (colour >> 8) & 255, colour & 255]);
  return encode(
    { width, height, data: indices, depth: 8, channels: 1, palette: palette },
    { zlib: { level: 9 } },
  );
}

type Colour = [red: number, green: number, blue: number, opacity: number];
