/** A piece of work that both sides do: what it is, and how its times are taken. Sent whole to the programs. */
export interface Work {
  /** As in the tables: 'lstm-step'. */
  readonly name: string;
  readonly group: string;
  /** What is done, in one sentence, for the record. */
  readonly title: string;
  /** Which program part does it: the same word on both sides. */
  readonly kind:
    | 'training'
    | 'encoding'
    | 'ranking'
    | 'ranking-metrics'
    | 'kmeans'
    | 'clustering'
    | 'itemsets'
    | 'lstm-layer'
    | 'events'
    | 'bootstrap'
    | 'als'
    | 'item-knn'
    | 'top-n'
    | 'nearest-index'
    | 'click-step'
    | 'click-training';
  /** A `file` is data that a work does not draw itself, where `findData` finds it. */
  readonly settings: Readonly<Record<string, number | string | boolean>>;
  /** Who is compared with ours. */
  readonly peers: readonly Peer[];
  readonly unit: string;
  /** Samples that a side takes before the other side's turn; with 3 or more, one more is taken first and discarded. */
  readonly turn: number;
  /** What one sample, in milliseconds unless it gives its own figure, is multiplied by to give the unit; default 1. */
  readonly scale?: number;
  /** Compared by what it comes to, with --check; no times are taken. */
  readonly checkedOnly?: boolean;
  /** Settings that a check changes. */
  readonly checkedWith?: Work['settings'];
  /** How far apart the results of a check may be. Default: what sums in another order leave after some training steps. */
  readonly tolerance?: Tolerance;
}

/** What computes: the processor, or the first NVIDIA GPU. */
export type Device = 'cpu' | 'gpu';

/** How far a first value may be from the peer's, and how far any value may be. */
export interface Tolerance {
  readonly first: number;
  readonly largest: number;
}

export type Peer =
  | 'pytorch'
  | 'pytorch-tuned'
  | 'scikit-learn'
  | 'mlxtend'
  | 'ml-kmeans'
  | 'tf.layers'
  | 'polars'
  | 'numpy'
  | 'scipy'
  | 'implicit';

/** What a program answers to `open`. */
export interface Opened {
  /** How it does the work: 'eager', 'compile, chunks of 512 rows'. */
  readonly way: string;
  /** The ways that were tried: the best milliseconds, or the least figure, or why one failed. */
  readonly tried: Readonly<Record<string, number | string>>;
  readonly versions: Readonly<Record<string, string>>;
}

export type Request =
  | {
      readonly do: 'open';
      readonly kind: Work['kind'];
      readonly settings: Work['settings'];
      readonly variant: 'ours' | Peer;
      /** Weights and inputs: our side draws them and writes the file, the peers read it. */
      readonly file: string;
      readonly threads: number;
      readonly device: Device;
      /** A check opens without a search for the fastest way. */
      readonly purpose: 'measure' | 'check';
    }
  | { readonly do: 'write'; readonly file: string }
  | { readonly do: 'run'; readonly times: number }
  | { readonly do: 'check' }
  | { readonly do: 'memory' };

/** Results of each way that a side has, to be compared. */
export type CheckValues = Readonly<Record<string, readonly number[]>>;
