/**
 * Make things that are dear to make, such as compiled graphs, and keep the last one: whoever ranks twice most often asks about the same catalogue.
 *
 * @param make what belongs to a shape, which is plain data
 * @returns what gives the thing of a shape; that of another shape takes the place of the one before, which is freed
 */
export function keepLast<Shape, Kept extends { dispose(): void }>(
  make: (shape: Shape) => Kept,
): (shape: Shape) => Kept {
  let kept: { readonly key: string; readonly value: Kept } | undefined;
  return (shape) => {
    const key = JSON.stringify(shape);
    if (kept?.key !== key) {
      kept?.value.dispose();
      kept = undefined; // nothing is kept if the next line throws
      kept = { key, value: make(shape) };
    }
    return kept.value;
  };
}
