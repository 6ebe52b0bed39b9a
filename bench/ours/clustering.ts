import type { Matrix } from 'behavior-lab/base/matrix';
import { createRng } from 'behavior-lab/base/random';
import { dbscan } from 'behavior-lab/clustering/dbscan';
import { hdbscan } from 'behavior-lab/clustering/hdbscan';
import { hierarchical } from 'behavior-lab/clustering/hierarchical';
import { cutTree } from 'behavior-lab/clustering/merge-tree';
import { miniBatchKmeans } from 'behavior-lab/clustering/mini-batch-kmeans';
import { fitAndProjectPca } from 'behavior-lab/clustering/pca';
import { spectral } from 'behavior-lab/clustering/spectral';
import { silhouette } from 'behavior-lab/evaluation/silhouette';
import { drawGroups, type PointSettings } from './draw-points';
import { asFloats, type OurWork } from './our-work';

type ClusteringSettings = PointSettings &
  (
    | { readonly algorithm: 'kmeans-minibatch'; readonly batchSize: number }
    | { readonly algorithm: 'dbscan'; readonly eps: number; readonly minPoints: number }
    | { readonly algorithm: 'hdbscan'; readonly minClusterSize: number }
    | { readonly algorithm: 'ward' }
    | { readonly algorithm: 'spectral'; readonly neighbors: number }
    | { readonly algorithm: 'pca'; readonly components: number }
    | { readonly algorithm: 'silhouette' }
  );

/** One clustering algorithm, or a measure of one, from points to its result. */
export function openClustering(settings: ClusteringSettings): OurWork {
  const { points, groups } = drawGroups(settings);
  const compute = computeOf(settings, points, groups);
  return {
    way: settings.algorithm,
    sample: compute,
    values: compute,
    shared: () => ({
      tensors: new Map([
        ['points', { shape: [points.rows, points.columns], values: points.values }],
        ['groups', asFloats(groups, [groups.length])],
      ]),
      integers: ['groups'],
    }),
  };
}

/** What is computed, reduced to numbers on which names of clusters and starts have no or little influence. */
function computeOf(settings: ClusteringSettings, points: Matrix, groups: Int32Array): () => number[] {
  const { k } = settings;
  switch (settings.algorithm) {
    case 'kmeans-minibatch': {
      const { batchSize } = settings;
      const start = { rows: k, columns: points.columns, values: points.values.slice(0, k * points.columns) };
      const steps = Math.floor(points.rows / batchSize);
      return () => [miniBatchKmeans(points, { start, rng: createRng(2), batchSize, steps }).inertia];
    }
    case 'dbscan': {
      const { eps, minPoints } = settings;
      return () => {
        const { labels, core } = dbscan(points, { eps, minPoints });
        return [core.reduce((sum, one) => sum + one, 0), ...sizesOf(labels)];
      };
    }
    case 'hdbscan': {
      const { minClusterSize } = settings;
      return () => {
        const { labels, strengths } = hdbscan(points, { minClusterSize });
        return [...sizesOf(labels), strengths.reduce((sum, one) => sum + one, 0)];
      };
    }
    case 'ward':
      return () => {
        const tree = hierarchical(points, { linkage: 'ward' });
        return [tree.heights.at(-1)!, ...sizesOf(cutTree(tree, { k }))];
      };
    case 'spectral': {
      const { neighbors } = settings;
      return () => sizesOf(spectral(points, { k, neighbors, rng: createRng(2) }).labels);
    }
    case 'pca': {
      const { components } = settings;
      return () => {
        const { pca, projected } = fitAndProjectPca(points, components);
        return [...pca.explainedVarianceRatio, Math.abs(projected.values[0]!)];
      };
    }
    case 'silhouette':
      return () => [silhouette(points, groups)];
  }
}

/** Noise first, then the sizes of the clusters, largest first. */
function sizesOf(labels: Int32Array): number[] {
  const sizes = new Map<number, number>();
  for (const label of labels) sizes.set(label, (sizes.get(label) ?? 0) + 1);
  const noise = sizes.get(-1) ?? 0;
  sizes.delete(-1);
  return [noise, ...[...sizes.values()].sort((a, b) => b - a)];
}
