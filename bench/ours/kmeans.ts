import { kmeans, type KMeansResult } from 'behavior-lab/clustering/kmeans';
import { kmeansReference } from 'behavior-lab/clustering/kmeans-reference';
import { drawPoints, type PointSettings } from './draw-points';
import type { OurWork } from './our-work';

interface KmeansSettings extends PointSettings {
  readonly iterations: number;
}

/** The whole fit from the first k points: conversion of the input and final assignment included. */
export function openKmeans(settings: KmeansSettings, isReference: boolean): OurWork {
  const { k, dimensions, iterations } = settings;
  const data = drawPoints(settings);
  const start = { rows: k, columns: dimensions, values: data.values.slice(0, k * dimensions) };
  const fit = (): KMeansResult =>
    isReference
      ? kmeansReference(data, start, { maxIterations: iterations })
      : kmeans(data, { start, maxIterations: iterations });
  return {
    way: isReference ? 'ml-kmeans' : 'kmeans',
    sample: fit,
    values: () => {
      const { iterations: done, inertia } = fit();
      return [done, inertia];
    },
    shared: () => ({
      tensors: new Map([['points', { shape: [data.rows, data.columns], values: data.values }]]),
      integers: [],
    }),
  };
}
