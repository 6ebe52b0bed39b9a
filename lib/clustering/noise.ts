import type { Matrix } from '../base/matrix';

/** The label of a point that belongs to no cluster. */
export const noiseLabel = -1;

/** Points that belong to a cluster. */
export interface Grouped {
  readonly points: Matrix;
  readonly labels: Int32Array;
  /** Row of each among all points. */
  readonly rows: Int32Array;
}

/**
 * Leave out the points that belong to no cluster, as measures of quality ask for.
 *
 * Say how many were left out beside any such measure: a method that calls all but the easiest points noise looks well
 * parted.
 *
 * @throws RangeError unless there is a label for each point
 */
export function withoutNoise({ rows: N, columns: D, values }: Matrix, labels: Int32Array): Grouped {
  if (labels.length !== N) throw new RangeError(`withoutNoise: ${N} points and ${labels.length} labels`);
  const rows = Int32Array.from(labels.keys()).filter((point) => labels[point] !== noiseLabel);
  const kept = new Float32Array(rows.length * D);
  for (const [place, row] of rows.entries()) kept.set(values.subarray(row * D, (row + 1) * D), place * D);
  return {
    points: { rows: rows.length, columns: D, values: kept },
    labels: rows.map((row) => labels[row]!),
    rows,
  };
}
