import type { Matrix } from 'behavior-lab/base/matrix';
import { createRng } from 'behavior-lab/base/random';
import { kmeans, type KMeansResult } from 'behavior-lab/clustering/kmeans';
import { kmeansReference } from 'behavior-lab/clustering/kmeans-reference';
import type { OurWork } from './our-work';

interface KmeansSettings {
  readonly points: number;
  readonly dimensions: number;
  readonly k: number;
  readonly spread: number;
  readonly iterations: number;
  readonly seed: number;
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

/** Points around k centres N(0, 1) that overlap enough for all iterations to be used. */
function drawPoints({ points, dimensions, k, spread, seed }: KmeansSettings): Matrix {
  const rng = createRng(seed);
  const centres = Float64Array.from({ length: k * dimensions }, () => rng.normal());
  const values = new Float32Array(points * dimensions);
  for (let point = 0; point < points; point++) {
    const centre = rng.integer(k) * dimensions;
    for (let axis = 0; axis < dimensions; axis++) {
      values[point * dimensions + axis] = centres[centre + axis]! + spread * rng.normal();
    }
  }
  return { rows: points, columns: dimensions, values };
}
