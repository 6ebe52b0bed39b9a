import { readFileSync } from 'node:fs';
import { cpus, platform, arch } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import type { LogSource } from '../data/event';
import type { BesideSource } from '../data/known-beside';
import type { MetricValue } from '../evaluation/protocol';
import type { BackendInfo } from '../nn/backend';
import type { EpochRecord } from '../training/checkpoint';

/** Versions, device and threads: what a reviewer needs to get the same numbers, bit for bit. */
export interface Surroundings {
  readonly node: string;
  readonly behaviorLab: string;
  readonly tfjs: string;
  readonly tensorflow: string | null;
  readonly backend: string;
  readonly device: string;
  readonly threads: number | null;
  readonly oneDnn: string;
  readonly processor: string;
  readonly platform: string;
}

/** One model's metrics in a run. */
export interface RunMetrics {
  readonly name: string;
  readonly metrics: readonly MetricValue[];
}

/** Everything about a run but its tensors: `run.json`. */
export interface RunRecord {
  readonly status: 'training' | 'interrupted' | 'finished';
  readonly command: string;
  readonly startedAt: string;
  readonly seconds: number;
  readonly data: LogSource & {
    readonly counts: Readonly<Record<string, number>>;
    readonly notes: readonly string[];
    /** Files beside the events that say what items and users are; absent where there is none. */
    readonly beside?: readonly BesideSource[];
  };
  readonly settings: unknown;
  /** Of an encoder that reads texts: which text encoder made their vectors, and how many items have none. */
  readonly texts?: { readonly fingerprint: string; readonly withoutText: number };
  readonly surroundings: Surroundings;
  readonly training: {
    readonly bestEpoch: number;
    readonly stoppedBy: string;
    readonly history: readonly EpochRecord[];
  } | null;
  /** Baselines first: popularity, the untrained encoder, then the trained one. */
  readonly results: readonly RunMetrics[];
  readonly tiedShare: number | null;
  readonly repeatShare: number | null;
}

/** Describe this machine and these versions. */
export function describeSurroundings(backend: BackendInfo): Surroundings {
  const own = JSON.parse(readFileSync(join(__dirname, '..', '..', 'package.json'), 'utf8')) as {
    version: string;
  };
  return {
    node: process.version,
    behaviorLab: own.version,
    tfjs: tf.version_core,
    tensorflow: backend.tensorflowVersion,
    backend: backend.name,
    device: backend.device,
    threads: backend.threads,
    oneDnn: backend.oneDnn,
    processor: cpus()[0]?.model ?? 'unknown',
    platform: `${platform()} ${arch()}`,
  };
}
