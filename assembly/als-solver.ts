// AssemblyScript, which has the syntax of TypeScript: compiled to WebAssembly by `npm run wasm`, called by lib/recommendation/als-solver.ts.
//
// All arguments named after data are addresses. A vector is float32; `width` is its length in bytes, a multiple of 32, filled up with zeros.
// Four entries of a row, or four rows, are worked on at once: then what is added to is read and written a fourth as often.

/** A row takes no more steps once its squared residual is this share of the first one: a millionth, some ten roundings of a float32. */
const solvedShare: f32 = 1e-12;

/** gram = sum over the rows of the outer product of each with itself. */
export function addGram(table: usize, numRows: usize, width: usize, gram: usize): void {
  memory.fill(gram, 0, (width >> 2) * width);
  let row = table;
  // Rows are counted: behind the last one the address may start again at 0.
  let left = numRows;
  for (; left >= 4; left -= 4, row += width << 2) {
    for (let d: usize = 0; d < width; d += 4) {
      const at = row + d;
      addFour(
        f32x4.splat(load<f32>(at)),
        f32x4.splat(load<f32>(at + width)),
        f32x4.splat(load<f32>(at + (width << 1))),
        f32x4.splat(load<f32>(at + width * 3)),
        row,
        row + width,
        row + (width << 1),
        row + width * 3,
        width,
        gram + (d >> 2) * width,
      );
    }
  }
  for (; left > 0; left--, row += width) {
    for (let d: usize = 0; d < width; d += 4)
      addOne(f32x4.splat(load<f32>(row + d)), row, width, gram + (d >> 2) * width);
  }
}

/**
 * Come nearer to the vector x of each row, some steps of conjugate gradients from where it stands.
 *
 * It solves `(gram + sum of extra y y') x = sum of (1 + extra) y`, sums over the row's entries. The matrix is never built: it is only ever
 * multiplied with a vector.
 *
 * @param scratch three vectors
 * @returns how many rows are not solved because their numbers overflow
 */
export function solveRows(
  numRows: usize,
  offsets: usize,
  columns: usize,
  extras: usize,
  table: usize,
  width: usize,
  gram: usize,
  vectors: usize,
  scratch: usize,
  steps: u32,
): u32 {
  let overflows: u32 = 0;
  const left = scratch;
  const along = left + width;
  const image = along + width;
  for (let row: usize = 0; row < numRows; row++) {
    const from = <usize>load<u32>(offsets + (row << 2));
    const count = <usize>load<u32>(offsets + (row << 2), 4) - from;
    const ownColumns = columns + (from << 2);
    const ownExtras = extras + (from << 2);
    const x = vectors + row * width;
    multiply(gram, width, x, left, -1);
    addEntries(ownColumns, ownExtras, count, table, width, x, left, 1, -1);
    memory.copy(along, left, width);
    let square = dot(left, left, width);
    const enough = solvedShare * square;
    for (let step: u32 = 0; step < steps && square > enough && square < f32.MAX_VALUE; step++) {
      multiply(gram, width, along, image, 1);
      addEntries(ownColumns, ownExtras, count, table, width, along, image, 0, 1);
      const slope = dot(along, image, width);
      if (!(slope < f32.MAX_VALUE)) {
        square = slope;
        break;
      }
      // Above 0 but for rounding, where what is left lies in directions that nothing holds.
      if (!(slope > 0)) break;
      addOne(f32x4.splat(square / slope), along, width, x);
      addOne(f32x4.splat(-square / slope), image, width, left);
      const next = dot(left, left, width);
      const turn = f32x4.splat(next / square);
      for (let d: usize = 0; d < width; d += 16)
        v128.store(along + d, f32x4.add(v128.load(left + d), f32x4.mul(turn, v128.load(along + d))));
      square = next;
    }
    if (!(square < f32.MAX_VALUE)) overflows++;
  }
  return overflows;
}

/** into += the vectors y of the entries, each `base * (1 + extra) + sign * extra * (y · v)` times. */
function addEntries(
  columns: usize,
  extras: usize,
  count: usize,
  table: usize,
  width: usize,
  v: usize,
  into: usize,
  base: f32,
  sign: f32,
): void {
  let entry: usize = 0;
  for (; entry + 4 <= count; entry += 4) {
    const at = columns + (entry << 2);
    const y0 = table + <usize>load<u32>(at) * width;
    const y1 = table + <usize>load<u32>(at, 4) * width;
    const y2 = table + <usize>load<u32>(at, 8) * width;
    const y3 = table + <usize>load<u32>(at, 12) * width;
    const extra = v128.load(extras + (entry << 2));
    const by = f32x4.add(
      f32x4.mul(f32x4.splat(base), f32x4.add(f32x4.splat(1), extra)),
      f32x4.mul(f32x4.splat(sign), f32x4.mul(extra, dotFour(y0, y1, y2, y3, v, width))),
    );
    addFour(
      v128.shuffle<f32>(by, by, 0, 0, 0, 0),
      v128.shuffle<f32>(by, by, 1, 1, 1, 1),
      v128.shuffle<f32>(by, by, 2, 2, 2, 2),
      v128.shuffle<f32>(by, by, 3, 3, 3, 3),
      y0,
      y1,
      y2,
      y3,
      width,
      into,
    );
  }
  for (; entry < count; entry++) {
    const y = table + <usize>load<u32>(columns + (entry << 2)) * width;
    const extra = load<f32>(extras + (entry << 2));
    addOne(f32x4.splat(base * (1 + extra) + sign * (extra * dot(y, v, width))), y, width, into);
  }
}

/** into = sign * gram · v, gram being symmetric. */
function multiply(gram: usize, width: usize, v: usize, into: usize, sign: f32): void {
  memory.fill(into, 0, width);
  for (let d: usize = 0; d < width; d += 16) {
    const row = gram + (d >> 2) * width;
    addFour(
      f32x4.splat(sign * load<f32>(v + d)),
      f32x4.splat(sign * load<f32>(v + d, 4)),
      f32x4.splat(sign * load<f32>(v + d, 8)),
      f32x4.splat(sign * load<f32>(v + d, 12)),
      row,
      row + width,
      row + (width << 1),
      row + width * 3,
      width,
      into,
    );
  }
}

/** into += by0 y0 + by1 y1 + by2 y2 + by3 y3 */
function addFour(
  by0: v128,
  by1: v128,
  by2: v128,
  by3: v128,
  y0: usize,
  y1: usize,
  y2: usize,
  y3: usize,
  width: usize,
  into: usize,
): void {
  for (let d: usize = 0; d < width; d += 32) {
    const first = f32x4.add(
      f32x4.add(f32x4.mul(by0, v128.load(y0 + d)), f32x4.mul(by1, v128.load(y1 + d))),
      f32x4.add(f32x4.mul(by2, v128.load(y2 + d)), f32x4.mul(by3, v128.load(y3 + d))),
    );
    const second = f32x4.add(
      f32x4.add(f32x4.mul(by0, v128.load(y0 + d, 16)), f32x4.mul(by1, v128.load(y1 + d, 16))),
      f32x4.add(f32x4.mul(by2, v128.load(y2 + d, 16)), f32x4.mul(by3, v128.load(y3 + d, 16))),
    );
    v128.store(into + d, f32x4.add(v128.load(into + d), first));
    v128.store(into + d, f32x4.add(v128.load(into + d, 16), second), 16);
  }
}

/** into += by y */
function addOne(by: v128, y: usize, width: usize, into: usize): void {
  for (let d: usize = 0; d < width; d += 16)
    v128.store(into + d, f32x4.add(v128.load(into + d), f32x4.mul(by, v128.load(y + d))));
}

/** The products of four vectors with v. */
function dotFour(y0: usize, y1: usize, y2: usize, y3: usize, v: usize, width: usize): v128 {
  let a0 = f32x4.splat(0);
  let a1 = f32x4.splat(0);
  let a2 = f32x4.splat(0);
  let a3 = f32x4.splat(0);
  let b0 = f32x4.splat(0);
  let b1 = f32x4.splat(0);
  let b2 = f32x4.splat(0);
  let b3 = f32x4.splat(0);
  for (let d: usize = 0; d < width; d += 32) {
    const first = v128.load(v + d);
    const second = v128.load(v + d, 16);
    a0 = f32x4.add(a0, f32x4.mul(v128.load(y0 + d), first));
    a1 = f32x4.add(a1, f32x4.mul(v128.load(y1 + d), first));
    a2 = f32x4.add(a2, f32x4.mul(v128.load(y2 + d), first));
    a3 = f32x4.add(a3, f32x4.mul(v128.load(y3 + d), first));
    b0 = f32x4.add(b0, f32x4.mul(v128.load(y0 + d, 16), second));
    b1 = f32x4.add(b1, f32x4.mul(v128.load(y1 + d, 16), second));
    b2 = f32x4.add(b2, f32x4.mul(v128.load(y2 + d, 16), second));
    b3 = f32x4.add(b3, f32x4.mul(v128.load(y3 + d, 16), second));
  }
  const sums01 = pairSums(f32x4.add(a0, b0), f32x4.add(a1, b1));
  const sums23 = pairSums(f32x4.add(a2, b2), f32x4.add(a3, b3));
  return f32x4.add(
    v128.shuffle<f32>(sums01, sums23, 0, 1, 4, 5),
    v128.shuffle<f32>(sums01, sums23, 2, 3, 6, 7),
  );
}

/** `[a0 + a2, b0 + b2, a1 + a3, b1 + b3]` */
function pairSums(a: v128, b: v128): v128 {
  return f32x4.add(v128.shuffle<f32>(a, b, 0, 4, 1, 5), v128.shuffle<f32>(a, b, 2, 6, 3, 7));
}

function dot(a: usize, b: usize, width: usize): f32 {
  let sum = f32x4.splat(0);
  for (let d: usize = 0; d < width; d += 16)
    sum = f32x4.add(sum, f32x4.mul(v128.load(a + d), v128.load(b + d)));
  return (
    f32x4.extract_lane(sum, 0) +
    f32x4.extract_lane(sum, 2) +
    (f32x4.extract_lane(sum, 1) + f32x4.extract_lane(sum, 3))
  );
}
