import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { matrixFromRows, type Matrix } from '../../../lib/base/matrix';
import { irisPoints } from '../iris';

/** What scikit-learn and SciPy compute from the points below; made by `make.py` beside it. */
interface Expected {
  readonly points: Readonly<Record<'moons' | 'blobs', number[][]>>;
  readonly dbscan: readonly {
    readonly data: DataName;
    readonly eps: number;
    readonly minPoints: number;
    readonly labels: number[];
    readonly core: number[];
  }[];
  readonly hdbscan: readonly {
    readonly data: DataName;
    readonly minClusterSize: number;
    readonly minPoints: number;
    readonly labels: number[];
    readonly strengths: number[];
  }[];
  readonly hierarchical: readonly {
    readonly data: DataName;
    readonly method: 'ward' | 'average' | 'complete' | 'single';
    readonly left: number[];
    readonly right: number[];
    readonly heights: number[];
    readonly cut: Readonly<Record<string, number[]>>;
  }[];
  readonly mixture: readonly {
    readonly data: DataName;
    readonly k: number;
    readonly covariance: 'full' | 'diagonal';
    readonly labels: number[];
    readonly weights: number[];
    readonly means: number[];
    readonly covariances: number[];
    readonly meanLogLikelihood: number;
    readonly bic: number;
    readonly aic: number;
  }[];
  readonly spectral: readonly {
    readonly data: DataName;
    readonly k: number;
    readonly neighbors: number;
    readonly eigenvalues: number[];
    readonly labels: number[];
  }[];
  readonly minibatch: readonly {
    readonly data: DataName;
    readonly k: number;
    readonly batchSize: number;
    readonly centroids: number[];
  }[];
}

export type DataName = 'moons' | 'blobs' | 'iris';

export const expected = JSON.parse(readFileSync(join(__dirname, 'clusters-golden.json'), 'utf8')) as Expected;

/** The points that `make.py` used. */
export const pointsOf: Readonly<Record<DataName, Matrix>> = {
  moons: matrixFromRows(expected.points.moons),
  blobs: matrixFromRows(expected.points.blobs),
  iris: irisPoints,
};
