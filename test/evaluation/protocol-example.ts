import type { Protocol } from '../../lib/evaluation/protocol';

export const protocol: Protocol = {
  data: { name: 'toy', sha256: 'ab12', users: 4, items: 9, events: 30 },
  cut: 'none',
  split: 'leave-one-out',
  target: 'test',
  candidates: 'full',
  seenItems: 'excluded',
  ties: 'index',
  loss: 'cross-entropy',
  seed: 1,
};
