import { createRng } from 'behavior-lab/base/random';
import { pairedBootstrap, type PairedBootstrap } from 'behavior-lab/evaluation/difference/paired-bootstrap';
import type { OurWork } from './our-work';

export interface BootstrapSettings {
  readonly users: number;
  readonly resamples: number;
  readonly seed: number;
}

/** Resampled means of users' differences, and the BCa interval of them; numbers that are all different, so that none can be counted. */
export function openBootstrap({ users, resamples, seed }: BootstrapSettings): OurWork {
  const rng = createRng(seed);
  const values = Float32Array.from({ length: users }, () => rng.normal() ** 2 - 0.9);
  const compute = (): PairedBootstrap => pairedBootstrap(values, { rng: createRng(seed + 1), resamples });
  return {
    way: 'pairedBootstrap',
    sample: compute,
    values: () => {
      const { mean, low, high, standardError } = compute();
      // In standard errors: what chance leaves of each is then of one size.
      return [
        mean,
        (low - mean) / standardError,
        (high - mean) / standardError,
        standardError * Math.sqrt(users),
      ];
    },
    shared: () => ({ tensors: new Map([['values', { shape: [users], values }]]), integers: [] }),
  };
}
