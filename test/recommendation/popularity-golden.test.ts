import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { readLog } from '../../lib/data/read-log';
import { hitRate } from '../../lib/evaluation/hit-rate';
import { mrr } from '../../lib/evaluation/mrr';
import { ndcg } from '../../lib/evaluation/ndcg';
import { startBackend } from '../../lib/nn/backend';
import { history, leaveOneOut, target } from '../../lib/preprocessing/leave-one-out';
import { toSequences } from '../../lib/preprocessing/sequences';
import { countItems, popularity } from '../../lib/recommendation/popularity';
import { rankWithScorer } from '../../lib/recommendation/rank-with-scorer';

// golden.json, pop_leave_one_out_full_rank_tie_by_smaller_id: computed independently in Python; counts without the
// last two events of each user, history removed, equal scores by smaller id.
const dataFolder = process.env['BEHAVIOR_LAB_DATA'] ?? join('..', 'shared', 'data');
const goldenFile = join(dataFolder, 'golden', 'golden.json');
const sets = [
  ['LastFM', join(dataFolder, 'lastfm-s3rec', 'LastFM.txt.gz'), 'sequences'],
  ['Beauty', join(dataFolder, 'beauty', 'Beauty.txt.gz'), 'sequences'],
  ['ml-1m-sas', join(dataFolder, 'ml-1m', 'ml-1m.txt.gz'), 'pairs'],
] as const;

beforeAll(async () => {
  await startBackend();
});

describe('popularity over all items, leave one out', () => {
  for (const [name, file, format] of sets) {
    it.skipIf(!existsSync(file) || !existsSync(goldenFile))(
      `meets the golden figures of ${name}`,
      async () => {
        const golden = JSON.parse(readFileSync(goldenFile, 'utf8')) as {
          pop_leave_one_out_full_rank_tie_by_smaller_id: Record<
            string,
            Record<string, Record<string, number>>
          >;
        };
        const expected =
          golden.pop_leave_one_out_full_rank_tie_by_smaller_id[name]!['pop_counted_on_train_only']!;
        const split = leaveOneOut(toSequences(await readLog(file, { format })));
        const question = {
          histories: Array.from(split.users, (user) => history(split, user, 'test')),
          targets: split.users.map((user) => target(split, user, 'test')),
        };
        const { ranks } = rankWithScorer(popularity(countItems(split)), question, { seenItems: 'excluded' });
        for (const k of [5, 10, 20]) {
          expect(hitRate(ranks, k)).toBeCloseTo(expected[`HR@${k}`]!, 6);
          expect(ndcg(ranks, k)).toBeCloseTo(expected[`NDCG@${k}`]!, 6);
        }
        expect(mrr(ranks)).toBeCloseTo(expected['MRR']!, 6);
      },
    );
  }
});
