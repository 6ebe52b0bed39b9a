import { EigenvalueDecomposition, Matrix as DoubleMatrix } from 'ml-matrix';
import type { Rng } from '../base/random';
import type { SparseGraph } from './neighbor-graph';

export interface Eigenvectors {
  /** Largest first. */
  readonly values: Float64Array;
  /** One a column, `[N, C]` row after row, of unit length and at right angles. */
  readonly vectors: Float64Array;
}

/** How far a random block is blown up: more than e^12, and its directions could no longer be told apart. */
const firstGrowth = 12;
/** A block near the eigenvectors bears more. */
const laterGrowth = 16;
/** Rounds after which the search is given up; graphs of 5,000 nodes needed 2 (groups) to 22 (points on a line). */
const maxRounds = 300;

/**
 * The largest eigenvalues of a sparse symmetric matrix whose eigenvalues lie within -1 and 1, and their vectors, by
 * iteration.
 *
 * A block of vectors is multiplied by a Chebyshev polynomial of the matrix, which blows up the wanted part of the spectrum
 * and keeps the rest small, and turned to the best directions within the block. A block, and not one vector after the
 * other, because a graph in several pieces has the eigenvalue 1 once for each. Ends when |A v - value v| is at most
 * `tolerance` for each.
 *
 * @param count how many, 1 to N
 * @throws Error when 300 rounds are not enough
 * @source Zhou, Saad, Tiago & Chelikowsky, "Self-consistent-field calculations using Chebyshev-filtered subspace
 *   iteration", J. Computational Physics 219, 2006, §3
 */
export function largestEigenvectors(
  matrix: SparseGraph,
  count: number,
  { rng, tolerance = 1e-6 }: { readonly rng: Rng; readonly tolerance?: number },
): Eigenvectors {
  const N = matrix.numNodes;
  const B = Math.min(N, count + Math.max(8, Math.ceil(count / 2)));
  let block = Float64Array.from({ length: N * B }, () => rng.normal());
  // What lies below is unwanted. A guess, then what the block has found: graphs with groups have few eigenvalues above, others take a round more.
  let floor = 0.5;
  let growth = firstGrowth;
  for (let round = 0; round < maxRounds; round++) {
    if (B < N) block = filtered(matrix, block, B, floor, growth);
    orthonormalize(block, N, B, rng);
    const image = times(matrix, block, B);
    const { values, turn } = ritz(block, image, N, B);
    block = turned(block, turn, N, B);
    let right = count; // from here on, columns are good enough; the last is the slowest
    while (right > 0 && residual(block, image, turn, values[right - 1]!, right - 1, N, B) <= tolerance)
      right--;
    if (right === 0) {
      const vectors = new Float64Array(N * count);
      for (let node = 0; node < N; node++) {
        vectors.set(block.subarray(node * B, node * B + count), node * count);
      }
      return { values: values.slice(0, count), vectors };
    }
    // The last values of a block lie below the true ones: between them and the floor, nothing would be kept small.
    floor = Math.min(values[(count + 3 * B) >> 2]!, 1 - 1e-6);
    growth = laterGrowth;
  }
  throw new Error(`largestEigenvectors: no ${count} eigenvectors of ${N} nodes within ${maxRounds} rounds`);
}

function times(matrix: SparseGraph, block: Float64Array, B: number): Float64Array {
  const result = new Float64Array(block.length);
  addTimes(matrix, block, B, 1, result);
  return result;
}

/** Add `scale * matrix * block` to the result. Four neighbours at a time: a third of the time of one after the other. */
function addTimes(
  { numNodes: N, starts, neighbors, weights }: SparseGraph,
  block: Float64Array,
  B: number,
  scale: number,
  result: Float64Array,
): void {
  for (let node = 0; node < N; node++) {
    const to = node * B;
    const end = starts[node + 1]!;
    let place = starts[node]!;
    for (; place + 3 < end; place += 4) {
      const [a, b, c, d] = [place, place + 1, place + 2, place + 3];
      const [fromA, fromB, fromC, fromD] = [
        neighbors[a]! * B,
        neighbors[b]! * B,
        neighbors[c]! * B,
        neighbors[d]! * B,
      ];
      const [ofA, ofB, ofC, ofD] = [
        scale * weights[a]!,
        scale * weights[b]!,
        scale * weights[c]!,
        scale * weights[d]!,
      ];
      for (let column = 0; column < B; column++) {
        result[to + column]! +=
          ofA * block[fromA + column]! +
          ofB * block[fromB + column]! +
          ofC * block[fromC + column]! +
          ofD * block[fromD + column]!;
      }
    }
    for (; place < end; place++) {
      const from = neighbors[place]! * B;
      const weight = scale * weights[place]!;
      for (let column = 0; column < B; column++) result[to + column]! += weight * block[from + column]!;
    }
  }
}

/** T_m((A - center) / half) of the block, which is used up: within 1 on [-1, floor], growing fast above, to e^growth at 1. */
function filtered(
  matrix: SparseGraph,
  block: Float64Array,
  B: number,
  floor: number,
  growth: number,
): Float64Array {
  const center = (floor - 1) / 2;
  const half = (floor + 1) / 2;
  const degree = Math.max(2, Math.min(30, Math.floor(growth / Math.acosh((1 - center) / half))));
  let before = block;
  let now = block.map((value) => (-center / half) * value);
  addTimes(matrix, block, B, 1 / half, now);
  for (let step = 2; step <= degree; step++) {
    const next = before; // the last but one is needed no more
    for (let at = 0; at < next.length; at++) next[at] = ((-2 * center) / half) * now[at]! - next[at]!;
    addTimes(matrix, now, B, 2 / half, next);
    before = now;
    now = next;
  }
  return now;
}

/** Below it, one passage leaves the columns less than orthonormal to 12 digits: what is lost grows with the inverse of the pivot. */
const surePivot = 1e-3;

/** Make the columns orthonormal in place: Gram-Schmidt by rows of the Cholesky factor, again where digits were lost. */
function orthonormalize(block: Float64Array, N: number, B: number, rng: Rng): void {
  for (let pass = 0; pass < 2; pass++) {
    scaleColumns(block, N, B);
    const gram = products(block, block, N, B);
    let smallest = Infinity;
    for (let column = 0; column < B; column++) {
      let pivot = gram[column * B + column]!;
      for (let other = 0; other < column; other++) pivot -= gram[other * B + column]! ** 2;
      if (!(pivot > 1e-14)) {
        // The column lies in the span of those before: a fresh one takes its place, and all is done again.
        for (let node = 0; node < N; node++) block[node * B + column] = rng.normal();
        return orthonormalize(block, N, B, rng);
      }
      smallest = Math.min(smallest, pivot);
      const root = Math.sqrt(pivot);
      gram[column * B + column] = root;
      for (let later = column + 1; later < B; later++) {
        let sum = gram[column * B + later]!;
        for (let other = 0; other < column; other++)
          sum -= gram[other * B + column]! * gram[other * B + later]!;
        gram[column * B + later] = sum / root;
      }
    }
    for (let at = 0; at < N * B; at += B) {
      for (let column = 0; column < B; column++) {
        const value = (block[at + column]! /= gram[column * B + column]!);
        for (let later = column + 1; later < B; later++)
          block[at + later]! -= value * gram[column * B + later]!;
      }
    }
    if (smallest > surePivot) return;
  }
}

function scaleColumns(block: Float64Array, N: number, B: number): void {
  const inverse = new Float64Array(B);
  for (let at = 0; at < N * B; at += B) {
    for (let column = 0; column < B; column++) inverse[column]! += block[at + column]! ** 2;
  }
  for (let column = 0; column < B; column++) inverse[column] = 1 / (Math.sqrt(inverse[column]!) || 1);
  for (let at = 0; at < N * B; at += B) {
    for (let column = 0; column < B; column++) block[at + column]! *= inverse[column]!;
  }
}

/** `one^T other`, `[B, B]`; only from the diagonal to the right. Four nodes at a time: half the time of one after the other. */
function products(one: Float64Array, other: Float64Array, N: number, B: number): Float64Array {
  const sums = new Float64Array(B * B);
  const inFours = N - (N % 4);
  for (let node = 0; node < inFours; node += 4) {
    const [a, b, c, d] = [node * B, (node + 1) * B, (node + 2) * B, (node + 3) * B];
    for (let row = 0; row < B; row++) {
      const [ofA, ofB, ofC, ofD] = [one[a + row]!, one[b + row]!, one[c + row]!, one[d + row]!];
      for (let column = row; column < B; column++) {
        sums[row * B + column]! +=
          ofA * other[a + column]! +
          ofB * other[b + column]! +
          ofC * other[c + column]! +
          ofD * other[d + column]!;
      }
    }
  }
  for (let at = inFours * B; at < N * B; at += B) {
    for (let row = 0; row < B; row++) {
      const value = one[at + row]!;
      for (let column = row; column < B; column++) sums[row * B + column]! += value * other[at + column]!;
    }
  }
  return sums;
}

/** Eigenvalues within the span of the block, largest first, and the turn that leads to their vectors. */
function ritz(
  block: Float64Array,
  image: Float64Array,
  N: number,
  B: number,
): { values: Float64Array; turn: Float64Array } {
  const sums = products(block, image, N, B);
  const small = new DoubleMatrix(B, B);
  for (let row = 0; row < B; row++) {
    for (let column = row; column < B; column++) {
      small.set(row, column, sums[row * B + column]!);
      small.set(column, row, sums[row * B + column]!);
    }
  }
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(small, {
    assumeSymmetric: true,
  });
  const order = realEigenvalues
    .map((_, place) => place)
    .sort((a, b) => realEigenvalues[b]! - realEigenvalues[a]!);
  const turn = new Float64Array(B * B);
  for (let row = 0; row < B; row++) {
    for (const [column, place] of order.entries()) turn[row * B + column] = eigenvectorMatrix.get(row, place);
  }
  return { values: Float64Array.from(order, (place) => realEigenvalues[place]!), turn };
}

function turned(block: Float64Array, turn: Float64Array, N: number, B: number): Float64Array {
  const result = new Float64Array(N * B);
  const wide = B - (B % 4);
  for (let at = 0; at < N * B; at += B) {
    for (let row = 0; row < wide; row += 4) {
      const [a, b, c, d] = [
        block[at + row]!,
        block[at + row + 1]!,
        block[at + row + 2]!,
        block[at + row + 3]!,
      ];
      const from = row * B;
      for (let column = 0; column < B; column++) {
        const place = from + column;
        result[at + column]! +=
          a * turn[place]! + b * turn[place + B]! + c * turn[place + 2 * B]! + d * turn[place + 3 * B]!;
      }
    }
    for (let row = wide; row < B; row++) {
      const value = block[at + row]!;
      for (let column = 0; column < B; column++) result[at + column]! += value * turn[row * B + column]!;
    }
  }
  return result;
}

/** |A v - value v| of a column of the block, which `turn` made, as it made A v of the image. */
function residual(
  block: Float64Array,
  image: Float64Array,
  turn: Float64Array,
  value: number,
  column: number,
  N: number,
  B: number,
): number {
  const of = Float64Array.from({ length: B }, (_, row) => turn[row * B + column]!);
  let squared = 0;
  for (let at = 0; at < N * B; at += B) {
    let gap = -value * block[at + column]!;
    for (let row = 0; row < B; row++) gap += of[row]! * image[at + row]!;
    squared += gap * gap;
  }
  return Math.sqrt(squared);
}
