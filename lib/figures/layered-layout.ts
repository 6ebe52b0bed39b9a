/** A place in a drawing, in pixels from its upper left corner. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Where boxes and arrows of a drawing in layers are. */
export interface LayeredLayout {
  readonly width: number;
  readonly height: number;
  /** The middle of each box. */
  readonly centres: readonly Point[];
  /** The corners of each arrow: from the lower edge of one box to the upper edge of another. */
  readonly paths: readonly (readonly Point[])[];
}

export interface LayeredOptions {
  /** Width of each box, in pixels. */
  readonly widths: readonly number[];
  readonly boxHeight: number;
  /** From the middle of one layer to that of the next, in pixels. */
  readonly layerHeight: number;
}

/** A box, or a bend of an arrow where it crosses a layer. */
interface Place {
  readonly layer: number;
  readonly width: number;
  readonly above: number[];
  readonly below: number[];
  x: number;
}

const gap = 18;
const bendWidth = 8;

/**
 * Place boxes in layers from top to bottom, so that every arrow goes down, few arrows cross, and few bend.
 *
 * A box lies below all that it reads and, if something reads it, right above the first that does.
 *
 * @param arrows places in `widths`
 * @throws RangeError when the arrows run in a circle
 * @source Sugiyama, Tagawa & Toda, "Methods for Visual Understanding of Hierarchical System Structures", IEEE Transactions
 *   on Systems, Man, and Cybernetics 11(2), 1981: layers, bends as further boxes, order by barycentres.
 */
export function layeredLayout(
  arrows: readonly { readonly from: number; readonly to: number }[],
  { widths, boxHeight, layerHeight }: LayeredOptions,
): LayeredLayout {
  const layers = layersOf(widths.length, arrows);
  const places: Place[] = widths.map((width, node) => ({
    layer: layers[node]!,
    width,
    above: [],
    below: [],
    x: 0,
  }));
  const routes = arrows.map(({ from, to }) => {
    const route = [from];
    for (let layer = layers[from]! + 1; layer < layers[to]!; layer++) {
      route.push(places.push({ layer, width: bendWidth, above: [], below: [], x: 0 }) - 1);
    }
    route.push(to);
    for (const [index, place] of route.slice(1).entries()) {
      places[route[index]!]!.below.push(place);
      places[place]!.above.push(route[index]!);
    }
    return route;
  });

  const rows: number[][] = Array.from({ length: Math.max(...layers) + 1 }, () => []);
  for (const [index, { layer }] of places.entries()) rows[layer]!.push(index);
  for (const row of rows) pack(places, row);
  for (let sweep = 0; sweep < 24; sweep++) {
    const [order, side] = sweep % 2 === 0 ? [rows, 'above' as const] : [rows.toReversed(), 'below' as const];
    for (const row of order) {
      const wanted = new Map(row.map((place) => [place, barycentre(places, place, side)]));
      // The first sweeps look for an order with few crossings, the later ones keep it and straighten the arrows.
      if (sweep < 12) row.sort((a, b) => wanted.get(a)! - wanted.get(b)!);
      for (const [place, x] of wanted) places[place]!.x = x;
      spread(places, row);
    }
  }

  const left = Math.min(...places.map(({ x, width }) => x - width / 2));
  const right = Math.max(...places.map(({ x, width }) => x + width / 2));
  const at = (place: number): Point => ({
    x: places[place]!.x - left,
    y: places[place]!.layer * layerHeight + boxHeight / 2,
  });
  return {
    width: right - left,
    height: (rows.length - 1) * layerHeight + boxHeight,
    centres: widths.map((_, node) => at(node)),
    paths: routes.map((route) =>
      route.map((place, index) => {
        const { x, y } = at(place);
        const edge = index === 0 ? boxHeight / 2 : index === route.length - 1 ? -boxHeight / 2 : 0;
        return { x, y: y + edge };
      }),
    ),
  };
}

/** The layer of each box, 0 at the top. */
function layersOf(
  count: number,
  arrows: readonly { readonly from: number; readonly to: number }[],
): number[] {
  const layers = new Array<number>(count).fill(0);
  for (let round = 0; round <= count; round++) {
    let moved = false;
    for (const { from, to } of arrows) {
      if (layers[to]! > layers[from]!) continue;
      layers[to] = layers[from]! + 1;
      moved = true;
    }
    if (!moved) break;
    if (round === count) throw new RangeError('layeredLayout: the arrows run in a circle');
  }
  // From the lowest up, so that what reads a box has its place before the box.
  const fromBelow = [...layers.keys()].sort((a, b) => layers[b]! - layers[a]!);
  for (const node of fromBelow) {
    const readers = arrows.filter(({ from }) => from === node).map(({ to }) => layers[to]!);
    if (readers.length > 0) layers[node] = Math.min(...readers) - 1;
  }
  return layers;
}

/** The mean place of the neighbours on one side; where there are none, its own. */
function barycentre(places: readonly Place[], place: number, side: 'above' | 'below'): number {
  const neighbours = places[place]![side];
  if (neighbours.length === 0) return places[place]!.x;
  return neighbours.reduce((sum, neighbour) => sum + places[neighbour]!.x, 0) / neighbours.length;
}

const distance = (a: Place, b: Place): number => (a.width + b.width) / 2 + gap;

/** Side by side, without regard to the arrows. */
function pack(places: readonly Place[], row: readonly number[]): void {
  for (const [index, place] of row.entries()) {
    const before = index === 0 ? undefined : places[row[index - 1]!]!;
    places[place]!.x = before ? before.x + distance(before, places[place]!) : 0;
  }
}

/** Move the boxes of a row apart where they overlap, in their order, half to each side. */
function spread(places: readonly Place[], row: readonly number[]): void {
  const wanted = row.map((place) => places[place]!.x);
  const rightward = [...wanted];
  const leftward = [...wanted];
  for (let i = 1; i < row.length; i++) {
    const room = distance(places[row[i - 1]!]!, places[row[i]!]!);
    rightward[i] = Math.max(rightward[i]!, rightward[i - 1]! + room);
  }
  for (let i = row.length - 2; i >= 0; i--) {
    const room = distance(places[row[i]!]!, places[row[i + 1]!]!);
    leftward[i] = Math.min(leftward[i]!, leftward[i + 1]! - room);
  }
  for (const [i, place] of row.entries()) places[place]!.x = (rightward[i]! + leftward[i]!) / 2;
}
