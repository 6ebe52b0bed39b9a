import type { SankeyChart } from './chart';

/** A box of a drawing of flows, in pixels from the upper left corner. */
export interface SankeyBox {
  readonly layer: number;
  readonly name: string;
  /** What comes in, or goes out where that is more. */
  readonly count: number;
  readonly x: number;
  readonly top: number;
  readonly bottom: number;
}

/** A band from the right side of one box to the left side of another. */
export interface SankeyBand {
  /** Places in the list of boxes. */
  readonly from: number;
  readonly to: number;
  readonly count: number;
  /** Upper edge on the left and on the right; both ends are as wide as the count says. */
  readonly topFrom: number;
  readonly topTo: number;
  readonly width: number;
}

/** Where boxes and bands are. */
export interface SankeyLayout {
  readonly boxes: readonly SankeyBox[];
  readonly bands: readonly SankeyBand[];
  readonly width: number;
  readonly height: number;
}

/** Sizes of a drawing of flows, in pixels. */
export interface SankeySizes {
  readonly boxWidth: number;
  /** From the left side of one layer to that of the next. */
  readonly layerWidth: number;
  /** Of all bands of the fullest layer together. */
  readonly bandsHeight: number;
  /** Between two boxes of a layer, at least as high as a line of text, so that labels beside them do not meet. */
  readonly gap: number;
}

/**
 * Place boxes and bands of a Sankey diagram whose layers, and the order in each, are given.
 *
 * One scale holds for the whole drawing: a pixel is the same count everywhere. Bands leave a box in the order of the boxes that they
 * reach, and arrive likewise, so that two bands of one box never cross. Each layer is centred.
 *
 * @source Schmidt, "The Sankey Diagram in Energy and Material Flow Management, Part I", Journal of Industrial Ecology 12(1), 2008 (after
 *   Sankey's drawing of 1898: bands as wide as what flows).
 * @differs Own code: d3-sankey 0.12.3 (2019) finds layers and orders by itself, which here would put a group elsewhere in each week, and
 *   brings older copies of two packages of d3.
 */
export function sankeyLayout(
  { layers, counts }: Pick<SankeyChart, 'layers' | 'counts'>,
  { boxWidth, layerWidth, bandsHeight, gap }: SankeySizes,
): SankeyLayout {
  const sum = (values: ArrayLike<number>): number =>
    Array.from(values).reduce((total, value) => total + value, 0);
  const incoming = (layer: number, place: number): number =>
    sum((counts[layer - 1] ?? []).map((row) => row[place]!));
  const outgoing = (layer: number, place: number): number => sum(counts[layer]?.[place] ?? []);
  const sizes = layers.map(({ names }, layer) =>
    names.map((_, place) => Math.max(incoming(layer, place), outgoing(layer, place))),
  );
  const scale = bandsHeight / Math.max(...sizes.map(sum));
  const heights = sizes.map(
    (own) => sum(own) * scale + gap * Math.max(0, own.filter((size) => size > 0).length - 1),
  );
  const height = Math.max(...heights);
  const boxes: SankeyBox[] = [];
  /** Places in `boxes`. */
  const placeOf = sizes.map((own) => own.map(() => -1));
  for (const [layer, own] of sizes.entries()) {
    let top = (height - heights[layer]!) / 2;
    for (const [place, count] of own.entries()) {
      if (count === 0) continue;
      placeOf[layer]![place] = boxes.length;
      const bottom = top + count * scale;
      boxes.push({ layer, name: layers[layer]!.names[place]!, count, x: layer * layerWidth, top, bottom });
      top = bottom + gap;
    }
  }
  const nextOut = boxes.map(({ top }) => top);
  const nextIn = boxes.map(({ top }) => top);
  const bands: SankeyBand[] = [];
  // Row by row: bands leave in the order of `to`, and reach each `to` in the order of `from`.
  for (const [layer, rows] of counts.entries()) {
    for (const [row, own] of rows.entries()) {
      for (let column = 0; column < own.length; column++) {
        const count = own[column]!;
        if (count === 0) continue;
        const [from, to] = [placeOf[layer]![row]!, placeOf[layer + 1]![column]!];
        const width = count * scale;
        bands.push({ from, to, count, topFrom: nextOut[from]!, topTo: nextIn[to]!, width });
        nextOut[from]! += width;
        nextIn[to]! += width;
      }
    }
  }
  return { boxes, bands, width: (layers.length - 1) * layerWidth + boxWidth, height };
}
